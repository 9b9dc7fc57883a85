"""How long a message was tried for, how often nobody knows whether it arrived, and when its wait was noted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns; what waits already begins to count anew."""
    op.add_column("message", sa.Column("noted_at", sa.BigInteger(), nullable=True))
    op.add_column("message", sa.Column("waited", sa.Integer(), nullable=True))
    op.add_column("message", sa.Column("doubts", sa.Integer(), nullable=True))


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError

"""The word that the last look of a target left for the next one, beside the target's state."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; of what was written before nothing is remembered."""
    op.add_column("target_state", sa.Column("memo", sa.String(), nullable=True))


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError

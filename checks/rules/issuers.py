"""Who issues certificates for the web: names for a metric label, which takes no other, so that a vendor cannot add series.

They stand as in the organisation of an issuer's name (``O=``). Most are those of roots in Mozilla's store as of 2026; the
others are known from authorities below these. One that is missing here costs its label, and what holds for the public
authorities is then asked of its certificates only where they carry timestamps.
"""

from __future__ import annotations

KNOWN_ISSUERS = frozenset(
    {
        "Actalis S.p.A.",
        "Amazon",
        "Apple Inc.",
        "Asseco Data Systems S.A.",
        "Buypass AS-983163327",
        "COMODO CA Limited",
        "Certainly",
        "China Financial Certification Authority",
        "Chunghwa Telecom Co., Ltd.",
        "Cloudflare, Inc.",
        "Cybertrust Japan Co., Ltd.",
        "D-Trust GmbH",
        "Deutsche Telekom Security GmbH",
        "Dhimyotis",
        "DigiCert Inc",
        "DigiCert, Inc.",
        "Entrust Limited",
        "Entrust, Inc.",
        "GEANT Vereniging",
        "GlobalSign nv-sa",
        "GoDaddy.com, Inc.",
        "Google Trust Services",
        "Google Trust Services LLC",
        "Hellenic Academic and Research Institutions CA",
        "IdenTrust",
        "Internet Security Research Group",
        "Let's Encrypt",
        "Microsec Ltd.",
        "Microsoft Corporation",
        "Network Solutions L.L.C.",
        "QuoVadis Limited",
        "SECOM Trust Systems CO.,LTD.",
        "SSL Corp",
        "SSL Corporation",
        "Sectigo Limited",
        "Starfield Technologies, Inc.",
        "SwissSign AG",
        "TAIWAN-CA",
        "Telia Company AB",
        "Telia Finland Oyj",
        "The USERTRUST Network",
        "TrustAsia Technologies, Inc.",
        "Unizeto Technologies S.A.",
        "ZeroSSL",
        "iTrusChina Co.,Ltd.",
    }
)
"""Organisations that may be named in a label."""

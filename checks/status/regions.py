"""The regions of clouds whose pages name only what is affected, each with the name of its place where it has another.

They tell a region that is well from one that does not exist (`checks.status.strange`). All were looked up in November 2026:

- AWS: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html. China has a page of its own.
- Azure: https://learn.microsoft.com/azure/reliability/regions-list, as its status page spells them.
- Google: https://cloud.google.com/compute/docs/regions-zones, and the multi-regions that its incidents name.
- IBM: https://cloud.ibm.com/docs/overview?topic=overview-locations.
"""

from __future__ import annotations

from collections.abc import Mapping


def _read(table: str) -> Mapping[str, str]:
    """``region: place`` or ``region``, with commas between."""
    rows = (" ".join(row.split()).partition(": ") for row in table.split(","))
    return {region: place for region, _, place in rows}


AWS = _read("""
    af-south-1: Cape Town, ap-east-1: Hong Kong, ap-east-2: Taipei, ap-northeast-1: Tokyo, ap-northeast-2: Seoul,
    ap-northeast-3: Osaka, ap-south-1: Mumbai, ap-south-2: Hyderabad, ap-southeast-1: Singapore, ap-southeast-2: Sydney,
    ap-southeast-3: Jakarta, ap-southeast-4: Melbourne, ap-southeast-5: Malaysia, ap-southeast-6: New Zealand,
    ap-southeast-7: Thailand, ca-central-1: Canada Central, ca-west-1: Calgary, eu-central-1: Frankfurt,
    eu-central-2: Zurich, eu-north-1: Stockholm, eu-south-1: Milan, eu-south-2: Spain, eu-west-1: Ireland,
    eu-west-2: London, eu-west-3: Paris, il-central-1: Tel Aviv, me-central-1: UAE, me-south-1: Bahrain,
    mx-central-1: Mexico, sa-east-1: Sao Paulo, us-east-1: N. Virginia, us-east-2: Ohio, us-gov-east-1: GovCloud East,
    us-gov-west-1: GovCloud West, us-west-1: N. California, us-west-2: Oregon
""")
"""Those of the dashboard for everybody."""

AZURE = _read("""
    Australia Central, Australia Central 2, Australia East, Australia Southeast, Austria East, Belgium Central, Brazil
    South, Brazil Southeast, Canada Central, Canada East, Central India, Central US, Central US EUAP, Chile Central,
    China East, China East
    2, China East 3, China North, China North 2, China North 3, Denmark East, East Asia, East US, East US 2, East US
    2 EUAP, East US 3,
    Finland Central, France Central, France South, Germany North, Germany West Central, India South Central, Indonesia
    Central, Israel Central, Italy North, Japan East, Japan West, Jio India Central, Jio India West, Korea Central, Korea
    South, Malaysia West, Mexico Central, New Zealand North, North Central US, North Europe, Norway East, Norway West,
    Poland Central, Qatar Central, Saudi Arabia East, South Africa North, South Africa West, South Central US, South
    India, Southeast Asia, Spain Central, Sweden Central, Sweden South, Switzerland North, Switzerland West, Taiwan North,
    UAE Central, UAE North, UK South, UK West, US DoD Central, US DoD East, US Gov Arizona, US Gov Texas, US Gov Virginia,
    West Central US, West Europe, West India, West US, West US 2, West US 3
""")

GOOGLE = _read("""
    africa-south1: Johannesburg, asia-east1: Taiwan, asia-east2: Hong Kong, asia-northeast1: Tokyo, asia-northeast2: Osaka,
    asia-northeast3: Seoul, asia-south1: Mumbai, asia-south2: Delhi, asia-southeast1: Singapore, asia-southeast2: Jakarta,
    australia-southeast1: Sydney, australia-southeast2: Melbourne, europe-central2: Warsaw, europe-north1: Finland,
    europe-north2: Stockholm, europe-southwest1: Madrid, europe-west1: Belgium, europe-west2: London,
    europe-west3: Frankfurt, europe-west4: Netherlands, europe-west6: Zurich, europe-west8: Milan, europe-west9: Paris,
    europe-west10: Berlin, europe-west12: Turin, me-central1: Doha, me-central2: Dammam, me-west1: Tel Aviv,
    northamerica-northeast1: Montreal, northamerica-northeast2: Toronto, northamerica-south1: Mexico,
    southamerica-east1: Sao Paulo, southamerica-west1: Santiago, us-central1: Iowa, us-east1: South Carolina,
    us-east4: N. Virginia, us-east5: Columbus, us-south1: Dallas, us-west1: Oregon, us-west2: Los Angeles,
    us-west3: Salt Lake City, us-west4: Las Vegas, asia, eu, us, asia1, eur3, eur4, eur5, nam4, nam5, nam6, nam-eur-asia1
""")

IBM = _read("""
    au-syd: Sydney, br-sao: Sao Paulo, ca-mon: Montreal, ca-tor: Toronto, eu-de: Frankfurt, eu-es: Madrid, eu-gb: London,
    in-che: Chennai, in-mum: Mumbai, jp-osa: Osaka, jp-tok: Tokyo, us-east: Washington DC, us-south: Dallas
""")
"""Those that its notifications name; the datacenters and zones within them are known by their shape."""

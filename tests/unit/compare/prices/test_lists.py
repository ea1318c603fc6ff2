from dataclasses import replace
from datetime import date

import pytest

from compare.errors import PriceSourceError
from compare.prices.reading import load
from compare.prices.refresh.lists import PriceLists


def test_a_vendor_whose_list_nobody_can_read_is_refused_by_name():
    meter = replace(load().meter("aws.lambda.requests"), vendor="gcp")
    with pytest.raises(
        PriceSourceError, match=r"The price list of 'gcp' cannot be read; Twinlens reads aws, azure\."
    ):
        PriceLists(date(2026, 1, 1)).find(meter, meter.prices["us-east-1"])

"""Kernels at infinite width against those of neural-tangents."""

from __future__ import annotations

import numpy as np
import pytest

from tests.golden.nets import HERE, NETS, load
from tests.marks import slow

CLOSED, QUADRATURE = 1e-6, 1e-5
BY_DEFAULT = ("mlp3_relu", "mlp2_gelu", "cnn2_relu_gap_valid")


@pytest.fixture(scope="module")
def golden() -> dict[str, np.ndarray]:
    with np.load(HERE / "infinite_width_kernels.npz") as file:
        return dict(file)


@pytest.mark.parametrize("net", slow(NETS, but=BY_DEFAULT))
def test_golden(net: str, golden: dict[str, np.ndarray]) -> None:
    model = load(net)
    x = golden["images" if net.startswith("cnn") else "x"]
    for kind in ("nngp", "ntk"):
        found = model.kernel(x, kind=kind).array
        expected = golden[f"{net}_{kind}"]
        np.testing.assert_allclose(found, expected, rtol=QUADRATURE if "gelu" in net else CLOSED, err_msg=kind)
        part = model.kernel(x[:1], x[2:], kind=kind).array
        np.testing.assert_allclose(part, found[:1, 2:], rtol=1e-12, err_msg=kind)

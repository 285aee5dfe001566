"""Regression on given kernels against the predictions of neural-tangents (``tests/golden/README.md``)."""

from __future__ import annotations

from math import inf
from pathlib import Path

import numpy as np
import pytest

from tp.regression.gaussian_process import GaussianProcess
from tp.regression.gradient_descent import Flow, InfinitelyWide

GOLDEN = Path(__file__).parents[1] / "golden"
TRAIN, TEST = slice(0, 4), slice(3, 6)


@pytest.fixture(scope="module")
def kernels() -> tuple[np.ndarray, np.ndarray]:
    with np.load(GOLDEN / "infinite_width_kernels.npz") as file:
        return file["mlp3_relu_nngp"], file["mlp3_relu_ntk"]


@pytest.fixture(scope="module")
def theirs() -> dict[str, np.ndarray]:
    with np.load(GOLDEN / "regression.npz") as file:
        return dict(file)


@pytest.mark.parametrize(("name", "time"), [("short", 2.0), ("long", 30.0), ("infinite", inf)])
def test_trained_networks(
    kernels: tuple[np.ndarray, np.ndarray], theirs: dict[str, np.ndarray], name: str, time: float
) -> None:
    """Their cost is the mean over samples and both components, so it moves outputs at half the speed."""
    initial, tangent = kernels
    network = InfinitelyWide.of(initial[TRAIN, TRAIN], tangent[TRAIN, TRAIN], theirs["targets"])
    flow, cross = Flow(time / 2), tangent[TEST, TRAIN]
    covariance = network.covariance(initial[TEST, TRAIN], cross, initial[TEST, TEST], flow)
    np.testing.assert_allclose(network.mean(cross, flow), theirs[f"{name}_mean"], atol=1e-12)
    np.testing.assert_allclose(covariance, theirs[f"{name}_covariance"], atol=1e-12)


def test_gaussian_process(kernels: tuple[np.ndarray, np.ndarray], theirs: dict[str, np.ndarray]) -> None:
    initial, _ = kernels
    process = GaussianProcess.of(initial[TRAIN, TRAIN], theirs["targets"])
    cross = initial[TEST, TRAIN]
    np.testing.assert_allclose(process.mean(cross), theirs["process_mean"], atol=1e-12)
    np.testing.assert_allclose(process.covariance(cross, initial[TEST, TEST]), theirs["process_covariance"], atol=1e-12)

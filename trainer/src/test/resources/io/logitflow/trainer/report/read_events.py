"""Prints what TensorBoard itself reads from a directory: tag, step and numbers of every event."""

import sys

from tensorboard.backend.event_processing import event_accumulator

events = event_accumulator.EventAccumulator(
    sys.argv[1], size_guidance={"scalars": 0, "histograms": 0}
)
events.Reload()
for tag in events.Tags()["scalars"]:
    for scalar in events.Scalars(tag):
        print("scalar", tag, scalar.step, scalar.value)
for tag in events.Tags()["histograms"]:
    for event in events.Histograms(tag):
        value = event.histogram_value
        print(
            "histogram", tag, event.step, value.min, value.max, value.num, value.sum,
            value.sum_squares, *value.bucket_limit, *value.bucket,
        )

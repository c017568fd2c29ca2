"""A reward as a service: scores DNA by its share of G and C. Usage: python server.py [PORT]"""

import sys
from concurrent import futures
from pathlib import Path

import grpc

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "proto/src/main/protobuf"))
messages, services = grpc.protos_and_services("logitflow/v1/reward.proto")


def score(text):
    return (text.count("G") + text.count("C")) / len(text)


class RewardService(services.RewardServiceServicer):
    def Score(self, request, context):
        return messages.ScoreResponse(scores=[score(text) for text in request.objects])


server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
services.add_RewardServiceServicer_to_server(RewardService(), server)
port = server.add_insecure_port("localhost:" + (sys.argv[1] if len(sys.argv) > 1 else "50051"))
server.start()
print(f"listening on localhost:{port}", flush=True)
server.wait_for_termination()

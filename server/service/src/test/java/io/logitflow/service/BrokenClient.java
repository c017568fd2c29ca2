package io.logitflow.service;

import io.grpc.stub.ServerCallStreamObserver;
import io.logitflow.v1.SampleResponse;

/** A call whose transport throws at every message, and is never ready for one. */
final class BrokenClient extends ServerCallStreamObserver<SampleResponse> {
  @Override
  public void onNext(SampleResponse response) {
    throw new IllegalStateException("no way to the client");
  }

  @Override
  public void onError(Throwable failure) {}

  @Override
  public void onCompleted() {}

  @Override
  public boolean isReady() {
    return false;
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public void setOnReadyHandler(Runnable handler) {}

  @Override
  public void setOnCancelHandler(Runnable handler) {}

  @Override
  public void setCompression(String compression) {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void disableAutoRequest() {}

  @Override
  public void request(int count) {}

  @Override
  public void setMessageCompression(boolean enable) {}
}

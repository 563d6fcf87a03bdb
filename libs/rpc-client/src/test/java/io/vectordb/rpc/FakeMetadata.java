package io.vectordb.rpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.ClusterUpdate;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.RegisterNodeRequest;
import io.vectordb.internal.metadata.v1.RegisterNodeResponse;
import io.vectordb.internal.metadata.v1.WatchRequest;
import java.util.ArrayList;
import java.util.List;

/** Tells watchers what a test says, and breaks their streams. */
final class FakeMetadata extends MetadataServiceGrpc.MetadataServiceImplBase {

    private final List<StreamObserver<ClusterUpdate>> watchers = new ArrayList<>();
    private final List<Node> registered = new ArrayList<>();
    private ClusterState state = ClusterState.getDefaultInstance();
    private int watches;

    @Override
    public synchronized void watch(WatchRequest request, StreamObserver<ClusterUpdate> observer) {
        watches++;
        watchers.add(observer);
        if (state.getVersion() > 0) {
            observer.onNext(ClusterStates.whole(state));
        }
    }

    @Override
    public synchronized void registerNode(RegisterNodeRequest request, StreamObserver<RegisterNodeResponse> observer) {
        registered.add(request.getNode());
        observer.onNext(RegisterNodeResponse.newBuilder().setClusterId("c").build());
        observer.onCompleted();
    }

    synchronized void tell(ClusterState newer) {
        state = newer;
        watchers.removeIf(watcher -> isGone(watcher, newer));
    }

    private static boolean isGone(StreamObserver<ClusterUpdate> watcher, ClusterState newer) {
        try {
            watcher.onNext(ClusterStates.whole(newer));
            return false;
        } catch (StatusRuntimeException e) {
            return true;
        }
    }

    synchronized void breakStreams() {
        watchers.forEach(watcher -> watcher.onError(Status.UNAVAILABLE.asRuntimeException()));
        watchers.clear();
    }

    synchronized int watches() {
        return watches;
    }

    synchronized int watchers() {
        return watchers.size();
    }

    synchronized List<Node> registered() {
        return List.copyOf(registered);
    }
}

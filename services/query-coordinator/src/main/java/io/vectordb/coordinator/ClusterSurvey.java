package io.vectordb.coordinator;

import io.vectordb.internal.index.v1.GetViewsResponse;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.storage.v1.DiskInfo;
import io.vectordb.internal.storage.v1.ReplicaInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the nodes told of themselves when they were last asked.
 *
 * @param state the metadata that they were asked by
 * @param answers by node id, one for each node of the state
 */
record ClusterSurvey(ClusterState state, Map<String, NodeAnswer> answers) {

    /**
     * What one node told.
     *
     * @param index of an index node: its views, and what it builds
     * @param failure why it did not answer; empty: it did
     */
    record NodeAnswer(
            Node node, List<ReplicaInfo> replicas, List<DiskInfo> disks, GetViewsResponse index, String failure) {

        static NodeAnswer none(Node node, String failure) {
            return new NodeAnswer(node, List.of(), List.of(), GetViewsResponse.getDefaultInstance(), failure);
        }

        boolean answered() {
            return failure.isEmpty();
        }

        /** Its replica of a shard in one incarnation. */
        Optional<ReplicaInfo> replica(String shardUid, long incarnation) {
            return replicas.stream()
                    .filter(each -> each.getShard().equals(shardUid) && each.getIncarnation() == incarnation)
                    .findFirst();
        }
    }

    NodeAnswer of(String nodeId) {
        NodeAnswer answer = answers.get(nodeId);
        return answer != null
                ? answer
                : NodeAnswer.none(Node.newBuilder().setId(nodeId).build(), "the cluster knows no such node");
    }
}

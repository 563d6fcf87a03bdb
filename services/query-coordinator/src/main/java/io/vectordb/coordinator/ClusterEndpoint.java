package io.vectordb.coordinator;

import com.google.protobuf.Duration;
import io.vectordb.v1.CompactShardRequest;
import io.vectordb.v1.DecommissionNodeRequest;
import io.vectordb.v1.Disk;
import io.vectordb.v1.DrainNodeRequest;
import io.vectordb.v1.FormatDiskRequest;
import io.vectordb.v1.GetClusterRequest;
import io.vectordb.v1.GetClusterResponse;
import io.vectordb.v1.GetSettingsRequest;
import io.vectordb.v1.ListNodesRequest;
import io.vectordb.v1.ListNodesResponse;
import io.vectordb.v1.ListShardsRequest;
import io.vectordb.v1.ListShardsResponse;
import io.vectordb.v1.MoveReplicaRequest;
import io.vectordb.v1.Node;
import io.vectordb.v1.Operation;
import io.vectordb.v1.ReactorClusterServiceGrpc;
import io.vectordb.v1.RebalanceRequest;
import io.vectordb.v1.RebalanceResponse;
import io.vectordb.v1.Settings;
import io.vectordb.v1.Shard;
import io.vectordb.v1.ShardMaintenance;
import io.vectordb.v1.SnapshotShardRequest;
import io.vectordb.v1.TransferLeaderRequest;
import io.vectordb.v1.UndrainNodeRequest;
import io.vectordb.v1.UpdateSettingsRequest;
import reactor.core.publisher.Mono;

/** The cluster as operators see it and change it. */
final class ClusterEndpoint extends ReactorClusterServiceGrpc.ClusterServiceImplBase {

    private final ClusterAdmin cluster;
    private final ShardAdmin shards;
    private final ClusterTasks tasks;
    private final SettingsAdmin settings;
    private final CoordinatorProperties properties;

    ClusterEndpoint(PublicGrpcServices.Background background, CoordinatorProperties properties) {
        this.cluster = background.cluster();
        this.shards = background.shards();
        this.tasks = background.tasks();
        this.settings = background.settings();
        this.properties = properties;
    }

    private TimeBudget defaultTime() {
        return time(false, Duration.getDefaultInstance());
    }

    private TimeBudget time(boolean named, Duration timeout) {
        return TimeBudget.start(named, timeout, properties);
    }

    @Override
    public Mono<GetClusterResponse> getCluster(GetClusterRequest request) {
        return cluster.cluster(defaultTime());
    }

    @Override
    public Mono<ListNodesResponse> listNodes(ListNodesRequest request) {
        return cluster.nodes(request, defaultTime());
    }

    @Override
    public Mono<ListShardsResponse> listShards(ListShardsRequest request) {
        return cluster.shards(request, defaultTime());
    }

    @Override
    public Mono<Operation> moveReplica(MoveReplicaRequest request) {
        return tasks.move(request, time(request.hasTimeout(), request.getTimeout()));
    }

    @Override
    public Mono<RebalanceResponse> rebalance(RebalanceRequest request) {
        return tasks.rebalance(request, time(request.hasTimeout(), request.getTimeout()));
    }

    @Override
    public Mono<Operation> drainNode(DrainNodeRequest request) {
        return tasks.drain(
                request.getNode(), false, request.getRequestId(), time(request.hasTimeout(), request.getTimeout()));
    }

    @Override
    public Mono<Operation> decommissionNode(DecommissionNodeRequest request) {
        return tasks.drain(
                request.getNode(), true, request.getRequestId(), time(request.hasTimeout(), request.getTimeout()));
    }

    @Override
    public Mono<Node> undrainNode(UndrainNodeRequest request) {
        TimeBudget time = time(request.hasTimeout(), request.getTimeout());
        return tasks.undrain(request, time).flatMap(node -> cluster.node(node.getId(), time));
    }

    @Override
    public Mono<Shard> transferLeader(TransferLeaderRequest request) {
        return shards.transfer(request, time(request.hasTimeout(), request.getTimeout()));
    }

    @Override
    public Mono<ShardMaintenance> snapshotShard(SnapshotShardRequest request) {
        return shards.snapshot(request, time(request.hasTimeout(), request.getTimeout()));
    }

    @Override
    public Mono<Operation> compactShard(CompactShardRequest request) {
        return shards.compact(request, time(request.hasTimeout(), request.getTimeout()));
    }

    @Override
    public Mono<Settings> getSettings(GetSettingsRequest request) {
        return settings.get(defaultTime());
    }

    @Override
    public Mono<Settings> updateSettings(UpdateSettingsRequest request) {
        return settings.update(request, time(request.hasTimeout(), request.getTimeout()));
    }

    @Override
    public Mono<Disk> formatDisk(FormatDiskRequest request) {
        return cluster.format(request, time(request.hasTimeout(), request.getTimeout()));
    }
}

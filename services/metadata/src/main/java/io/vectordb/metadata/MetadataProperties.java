package io.vectordb.metadata;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where the metadata service keeps its log, and what it gives collections that do not ask.
 *
 * @param dataDir exclusively this node's
 * @param raftHost the interface that its Raft port listens on, while there are no {@code members}
 * @param raftPort 0: any free one; while there are no {@code members}
 * @param nodeId kept for life
 * @param members of the metadata group: 1, 3 or 5, each {@code id@host:rpcPort:raftPort}, the same list at each; the node
 *     listens where its own entry says. None: the node is the only one, and says its address to nobody
 * @param defaultReplicas of a shard; 0: as many as there are storage nodes when a collection is made, at most 3
 * @param rebalancePeriod how often the leader looks whether replicas are where they belong
 */
@ConfigurationProperties("vectordb.metadata")
@Validated
public record MetadataProperties(
        @DefaultValue("data/metadata") Path dataDir,
        @DefaultValue("127.0.0.1") @NotBlank String raftHost,
        @DefaultValue("0") @Min(0) @Max(65_535) int raftPort,
        @DefaultValue("metadata-1") @NotBlank String nodeId,
        @DefaultValue({}) List<String> members,
        @DefaultValue("0") @Min(0) @Max(7) int defaultReplicas,
        @DefaultValue("5s") @NotNull Duration rebalancePeriod) {

    public MetadataProperties {
        members = List.copyOf(members);
    }

    /** The group, where it is configured. */
    Optional<MetadataMembers> group() {
        return members.isEmpty()
                ? Optional.empty()
                : Optional.of(new MetadataMembers(
                        nodeId,
                        members.stream().map(MetadataMembers.Member::parse).toList()));
    }
}

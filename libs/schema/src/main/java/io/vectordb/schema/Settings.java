package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.v1.CollectionSettings;
import io.vectordb.v1.Consistency;

/** The settings of collections. */
public final class Settings {

    private static final int BUCKETS_LEAST = 64;
    private static final int REPLICAS = 7;
    private static final int INDEX_REPLICAS = 7;
    private static final int INDEX_REPLICAS_DEFAULT = 2;

    private Settings() {}

    /**
     * The settings with every default filled in, but for {@code replicas}: 0 stands for the cluster's default, which
     * the metadata service knows.
     *
     * @throws io.vectordb.common.VectorDbException INVALID_VALUE with every violation, at paths under {@code settings}
     */
    public static CollectionSettings complete(CollectionSettings settings) {
        CollectionSettings.Builder complete = settings.toBuilder();
        if (settings.getBuckets() == 0) {
            complete.setBuckets(Limits.BUCKETS_DEFAULT);
        }
        if (settings.getShards() == 0) {
            complete.setShards(1);
        }
        if (settings.getDefaultConsistency() == Consistency.Level.LEVEL_UNSPECIFIED) {
            complete.setDefaultConsistency(Consistency.Level.STRONG);
        }
        complete.setIndexReplicas(indexReplicas(settings));
        Problems problems = new Problems();
        range(problems, "buckets", complete.getBuckets(), BUCKETS_LEAST, Limits.BUCKETS);
        range(problems, "shards", complete.getShards(), 1, Math.max(1, complete.getBuckets()));
        range(problems, "replicas", complete.getReplicas(), 0, REPLICAS);
        range(problems, "index_replicas", complete.getIndexReplicas(), 1, INDEX_REPLICAS);
        if (settings.getDefaultConsistency() == Consistency.Level.UNRECOGNIZED) {
            problems.add(
                    "settings.default_consistency",
                    ErrorCode.INVALID_VALUE,
                    "there is no consistency level " + settings.getDefaultConsistencyValue());
        }
        problems.throwIfAny();
        return complete.build();
    }

    /** How many index nodes are to serve each shard, where there are as many; collections that are older have the default. */
    public static int indexReplicas(CollectionSettings settings) {
        return settings.getIndexReplicas() == 0 ? INDEX_REPLICAS_DEFAULT : settings.getIndexReplicas();
    }

    private static void range(Problems problems, String name, int value, int least, int most) {
        if (value < least || value > most) {
            problems.add(
                    "settings." + name,
                    ErrorCode.INVALID_VALUE,
                    "expected " + least + " to " + most + ", received " + value);
        }
    }
}

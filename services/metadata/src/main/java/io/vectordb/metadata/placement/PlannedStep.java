package io.vectordb.metadata.placement;

/** One thing to do about one shard. A plan has at most one of storage nodes and one of index nodes for a shard. */
public sealed interface PlannedStep {

    String shard();

    Cause cause();

    /** Why, in words, with the figures. */
    String reason();

    /** What is to be copied or loaded. */
    default long bytes() {
        return 0;
    }

    /** A step that makes a replica. */
    sealed interface Copies extends PlannedStep {
        Replica target();
    }

    /** Makes a replica in place of one that is lost. */
    record ReplaceReplica(String shard, Replica lost, Replica target, long bytes, String reason) implements Copies {
        @Override
        public Cause cause() {
            return Cause.SAFETY;
        }
    }

    /** Makes one more replica. */
    record AddReplica(String shard, Replica target, long bytes, String reason) implements Copies {
        @Override
        public Cause cause() {
            return Cause.SAFETY;
        }
    }

    /** Makes a replica, and drops the one that it stands for once it is equal. */
    record MoveReplica(String shard, Replica source, Replica target, Cause cause, long bytes, String reason)
            implements Copies {}

    /** Takes out a replica that is one too many. */
    record RemoveReplica(String shard, Replica replica, String reason) implements PlannedStep {
        @Override
        public Cause cause() {
            return Cause.SAFETY;
        }
    }

    record TransferLeadership(String shard, String source, String target, String reason) implements PlannedStep {
        @Override
        public Cause cause() {
            return Cause.LEADERS;
        }
    }

    record AssignIndexNode(String shard, String node, long bytes, String reason) implements PlannedStep {
        @Override
        public Cause cause() {
            return Cause.SAFETY;
        }
    }

    /** Lets another node load the index, and the first one stop once that one serves. */
    record MoveIndexNode(String shard, String source, String target, Cause cause, long bytes, String reason)
            implements PlannedStep {}

    record DropIndexNode(String shard, String node, String reason) implements PlannedStep {
        @Override
        public Cause cause() {
            return Cause.SAFETY;
        }
    }
}

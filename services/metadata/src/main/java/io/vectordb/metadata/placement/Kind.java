package io.vectordb.metadata.placement;

import io.vectordb.metadata.placement.PlannedStep.AddReplica;
import io.vectordb.metadata.placement.PlannedStep.AssignIndexNode;
import io.vectordb.metadata.placement.PlannedStep.DropIndexNode;
import io.vectordb.metadata.placement.PlannedStep.MoveIndexNode;
import io.vectordb.metadata.placement.PlannedStep.MoveReplica;
import io.vectordb.metadata.placement.PlannedStep.RemoveReplica;
import io.vectordb.metadata.placement.PlannedStep.ReplaceReplica;

/** What is planned: replicas vote and are the data, indexes do neither, and all else is the same. */
enum Kind {
    REPLICA("storage node", "replica") {
        @Override
        PlannedStep add(Item item, Replica target, String reason) {
            return new AddReplica(item.uid, target, item.bytes, reason);
        }

        @Override
        PlannedStep replace(Item item, Replica lost, Replica target, String reason) {
            return new ReplaceReplica(item.uid, lost, target, item.bytes, reason);
        }

        @Override
        PlannedStep move(Item item, Replica source, Replica target, Cause cause, String reason) {
            return new MoveReplica(item.uid, source, target, cause, item.bytes, reason);
        }

        @Override
        PlannedStep remove(Item item, Replica replica, String reason) {
            return new RemoveReplica(item.uid, replica, reason);
        }
    },
    INDEX("index node", "index") {
        @Override
        PlannedStep add(Item item, Replica target, String reason) {
            return new AssignIndexNode(item.uid, target.node(), item.bytes, reason);
        }

        @Override
        PlannedStep replace(Item item, Replica lost, Replica target, String reason) {
            return move(item, lost, target, Cause.SAFETY, reason);
        }

        @Override
        PlannedStep move(Item item, Replica source, Replica target, Cause cause, String reason) {
            return new MoveIndexNode(item.uid, source.node(), target.node(), cause, item.bytes, reason);
        }

        @Override
        PlannedStep remove(Item item, Replica replica, String reason) {
            return new DropIndexNode(item.uid, replica.node(), reason);
        }
    };

    final String node;
    final String copy;

    Kind(String node, String copy) {
        this.node = node;
        this.copy = copy;
    }

    abstract PlannedStep add(Item item, Replica target, String reason);

    abstract PlannedStep replace(Item item, Replica lost, Replica target, String reason);

    abstract PlannedStep move(Item item, Replica source, Replica target, Cause cause, String reason);

    abstract PlannedStep remove(Item item, Replica replica, String reason);
}

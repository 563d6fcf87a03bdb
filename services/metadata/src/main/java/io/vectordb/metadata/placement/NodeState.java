package io.vectordb.metadata.placement;

/** How far a node can be relied upon. Only a node that is UP is given anything. */
public enum NodeState {
    UP,
    /** Silent for seconds: serves what it has, gets nothing. */
    SUSPECT,
    /** Silent for longer, but expected back with its data: index work goes elsewhere, replicas wait. */
    DOWN,
    /** Silent for so long that its replicas are made anew. */
    DEAD,
    /** Works, and is being emptied. */
    DRAINING,
    /** Was emptied and let go. */
    DECOMMISSIONED;

    /** Whether its replicas take part in majorities. */
    boolean isAlive() {
        return switch (this) {
            case UP, SUSPECT, DRAINING -> true;
            case DOWN, DEAD, DECOMMISSIONED -> false;
        };
    }

    /** Whether nobody waits for its replicas any more. */
    boolean isGivenUp() {
        return switch (this) {
            case DEAD, DECOMMISSIONED -> true;
            case UP, SUSPECT, DOWN, DRAINING -> false;
        };
    }
}

package io.vectordb.rpc;

import io.vectordb.internal.metadata.v1.Node;

/** What follows from the state of a node. */
public final class NodeStates {

    private NodeStates() {}

    /** Whether it answers, as far as the metadata knows. Others are asked only where there is none that is. */
    public static boolean isUp(Node node) {
        return switch (node.getState()) {
            case STATE_UNSPECIFIED, UP, DRAINING -> true;
            case SUSPECT, DOWN, DEAD, DECOMMISSIONED, UNRECOGNIZED -> false;
        };
    }

    /** Whether it may get new work that stays: one that is silent for a few seconds may, one that is to be emptied may not. */
    public static boolean isPlaceable(Node node) {
        if (node.getDrained()) {
            return false;
        }
        return switch (node.getState()) {
            case STATE_UNSPECIFIED, UP, SUSPECT -> true;
            case DOWN, DEAD, DRAINING, DECOMMISSIONED, UNRECOGNIZED -> false;
        };
    }

    /** Whether what it served should be served by others. */
    public static boolean isGone(Node node) {
        return switch (node.getState()) {
            case DOWN, DEAD, DECOMMISSIONED -> true;
            case STATE_UNSPECIFIED, UP, SUSPECT, DRAINING, UNRECOGNIZED -> false;
        };
    }
}

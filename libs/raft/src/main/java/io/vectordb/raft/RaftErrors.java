package io.vectordb.raft;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.protocol.exceptions.AlreadyClosedException;
import org.apache.ratis.protocol.exceptions.GroupMismatchException;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ReadException;
import org.apache.ratis.protocol.exceptions.ReadIndexException;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
import org.apache.ratis.protocol.exceptions.SetConfigurationException;
import org.apache.ratis.protocol.exceptions.TimeoutIOException;
import org.apache.ratis.protocol.exceptions.TransferLeadershipException;

/** Failures of Ratis in our words. */
final class RaftErrors {

    private RaftErrors() {}

    /**
     * The failure of a request to {@code group}.
     *
     * @param appended whether a command had reached the log: its outcome is then unknown, and the metadata says so
     */
    static VectorDbException of(GroupId group, Throwable thrown, boolean appended) {
        Throwable cause = unwrap(thrown);
        Map<String, String> metadata = new HashMap<>();
        metadata.put("group", group.name());
        if (appended) {
            metadata.put("outcome", "unknown");
        }
        return switch (cause) {
            case VectorDbException known -> known;
            case NotLeaderException notLeader -> notLeader(group, notLeader, metadata);
            case LeaderNotReadyException _ ->
                unavailable("The leader of group " + group + " is not ready yet", metadata, cause);
            case LeaderSteppingDownException _ ->
                unavailable("The leader of group " + group + " is stepping down", metadata, cause);
            case ServerNotReadyException _ ->
                unavailable("The replica of group " + group + " is not running", metadata, cause);
            case GroupMismatchException _ ->
                unavailable("Group " + group + " has no replica on this node", metadata, cause);
            case AlreadyClosedException _ ->
                unavailable("The replica of group " + group + " is closed", metadata, cause);
            // After a long pause of the process Ratis closes its server, and the monitor halts the process some seconds
            // later.
            case RejectedExecutionException _ ->
                unavailable("The server of the replica of group " + group + " is closed", metadata, cause);
            case ReconfigurationInProgressException _ -> conflict(group, metadata, cause);
            case SetConfigurationException _ -> conflict(group, metadata, cause);
            case TransferLeadershipException _ -> conflict(group, metadata, cause);
            case ReadIndexException _ ->
                unavailable("The leader of group " + group + " could not confirm itself", metadata, cause);
            case ReadException _ -> unavailable("Group " + group + " cannot be read now", metadata, cause);
            case ResourceUnavailableException _ -> overloaded(group, metadata);
            case TimeoutException _ -> timeout(group, metadata, cause);
            case TimeoutIOException _ -> timeout(group, metadata, cause);
            default ->
                new VectorDbException(
                        ErrorCode.INTERNAL, "Group " + group + " failed: " + cause, metadata, List.of(), cause);
        };
    }

    static VectorDbException unavailable(String message, Map<String, String> metadata, Throwable cause) {
        return new VectorDbException(ErrorCode.SHARD_UNAVAILABLE, message, metadata, List.of(), cause);
    }

    private static VectorDbException conflict(GroupId group, Map<String, String> metadata, Throwable cause) {
        return new VectorDbException(
                ErrorCode.OPERATION_CONFLICT,
                "The members or the leader of group " + group + " cannot be changed now: " + cause.getMessage(),
                metadata,
                List.of(),
                cause);
    }

    /** @param what the node would have to be: a member, a voter or a listener */
    static VectorDbException notMember(GroupId group, String nodeId, String what) {
        return new VectorDbException(
                ErrorCode.NODE_NOT_FOUND,
                "Node " + nodeId + " is no " + what + " of group " + group,
                Map.of("group", group.name(), "node", nodeId));
    }

    static VectorDbException overloaded(GroupId group, Map<String, String> metadata) {
        return new VectorDbException(
                ErrorCode.OVERLOADED, "Group " + group + " has as many requests under way as it takes", metadata);
    }

    /** This replica is not the leader: of the leader where known. */
    static VectorDbException notLeader(GroupId group, String leader, Map<String, String> metadata) {
        Map<String, String> withLeader = new HashMap<>(metadata);
        withLeader.put("leader", leader);
        return new VectorDbException(
                ErrorCode.NOT_LEADER, "The leader of group " + group + " is node " + leader, withLeader);
    }

    private static VectorDbException notLeader(
            GroupId group, NotLeaderException exception, Map<String, String> metadata) {
        if (exception.getSuggestedLeader() == null) {
            return new VectorDbException(
                    ErrorCode.SHARD_UNAVAILABLE, "Group " + group + " has no known leader", metadata);
        }
        return notLeader(group, ServerId.nodeOf(exception.getSuggestedLeader().getId()), metadata);
    }

    private static VectorDbException timeout(GroupId group, Map<String, String> metadata, Throwable cause) {
        return new VectorDbException(
                ErrorCode.DEADLINE_EXCEEDED,
                "Group " + group + " did not answer within the timeout",
                metadata,
                List.of(),
                cause);
    }

    private static Throwable unwrap(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}

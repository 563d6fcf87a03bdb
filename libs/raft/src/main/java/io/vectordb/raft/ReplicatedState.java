package io.vectordb.raft;

import java.nio.ByteBuffer;

/**
 * What a group replicates: a deterministic state machine.
 *
 * <p>The state at an index depends only on the commands up to it: no clock, no random number, nothing of the machine;
 * times and choices travel inside the commands. A command that is invalid in the current state has a result that says
 * so, the same on every replica.
 *
 * <p>Threads: {@link #open}, {@link #apply}, {@link #advance} and {@link #sync} are called by one thread at a time, in
 * log order; {@link #query} runs beside them on several threads and must see every command applied before it was
 * called.
 *
 * <p>Failure: an exception from any of these but {@link #query} means that this replica must not go on; it goes to the
 * {@link FatalErrorHandler}, which by default halts the process. Never swallow one: the replica would diverge silently.
 */
public interface ReplicatedState extends AutoCloseable {

    /**
     * Opens the state, or opens it again, and makes durable what it holds.
     *
     * @return the position of the last entry whose effect is in it, or {@link LogPosition#NONE}; the log is replayed
     *     from the entry after it
     */
    LogPosition open();

    /**
     * Applies a committed command. The position belongs to the same atomic write as the command's effect, else a restart
     * applies it twice.
     *
     * @param command read-only; valid during this call
     * @return the answer to the submitter, delivered at the leader only
     */
    byte[] apply(LogPosition position, ByteBuffer command);

    /**
     * Notes that the log went on to {@code position} by an entry without a command (a new leader's, a change of
     * members). It need not become durable before the next command does.
     */
    void advance(LogPosition position);

    /** Answers a read from the state as it is now. A {@code VectorDbException} reaches the reader as it is. */
    byte[] query(byte[] request);

    /**
     * Makes everything applied durable.
     *
     * @return the position up to which that is so; entries up to it may be deleted from the log
     */
    LogPosition sync();

    /** Closes the state; {@link #open} may follow. Called more than once. */
    @Override
    void close();
}

package io.vectordb.metadata;

import com.google.protobuf.ByteString;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.DoneRequest;
import io.vectordb.internal.metadata.v1.MetadataCommand;
import io.vectordb.storage.StateStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Sees to it that a command with a request id is done once: who does not know what became of it sends it again, maybe to
 * the next leader.
 *
 * <p>What such commands answered is part of the state, for {@link #KEPT} by the times of the commands and for
 * {@value #MOST} commands. A refusal is not kept, since it has changed nothing: sent again, the command may succeed.
 */
final class DoneRequests {

    static final Duration KEPT = Duration.ofMinutes(10);
    static final int MOST = 1_024;

    private static final long KEPT_MICROS = TimeUnit.SECONDS.toMicros(KEPT.toSeconds());

    private DoneRequests() {}

    /** What {@code work} does, or did the first time. */
    static Transition once(MetadataState state, long index, MetadataCommand command, Supplier<Transition> work) {
        String id = command.getRequestId();
        if (id.isEmpty()) {
            return work.get();
        }
        Optional<DoneRequest> earlier = state.doneRequest(id);
        if (earlier.isPresent()) {
            return repeated(state, earlier.get(), command);
        }
        Transition done = work.get();
        return done.result().hasError() ? done : remembered(done, index, command);
    }

    private static Transition repeated(MetadataState state, DoneRequest earlier, MetadataCommand command) {
        if (!earlier.getContentHash().equals(hash(command))) {
            return Transition.refused(
                    state,
                    new VectorDbException(
                            ErrorCode.REQUEST_ID_REUSED,
                            "The request id " + command.getRequestId() + " was used for another change",
                            Map.of("request_id", command.getRequestId())));
        }
        return Transition.unchanged(state, earlier.getResult());
    }

    private static Transition remembered(Transition done, long index, MetadataCommand command) {
        SortedMap<Long, DoneRequest> requests = new TreeMap<>(done.state().done());
        List<StateStore.Change> changes = new ArrayList<>(done.changes());
        while (!requests.isEmpty()
                && (requests.size() >= MOST || isOld(requests.firstEntry().getValue(), command))) {
            changes.add(new StateStore.Delete(key(requests.pollFirstEntry().getKey())));
        }
        DoneRequest row = DoneRequest.newBuilder()
                .setRequestId(command.getRequestId())
                .setTimeMicros(command.getTimeMicros())
                .setContentHash(hash(command))
                .setResult(done.result())
                .setIndex(index)
                .build();
        requests.put(index, row);
        changes.add(new StateStore.Put(key(index), row.toByteArray()));
        return new Transition(done.state().withDone(requests), changes, done.result());
    }

    private static boolean isOld(DoneRequest request, MetadataCommand now) {
        return request.getTimeMicros() < now.getTimeMicros() - KEPT_MICROS;
    }

    private static String key(long index) {
        return MetadataState.DONE_PREFIX + String.format(Locale.ROOT, "%019d", index);
    }

    private static ByteString hash(MetadataCommand command) {
        try {
            return ByteString.copyFrom(MessageDigest.getInstance("SHA-256")
                    .digest(command.toBuilder().clearTimeMicros().build().toByteArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

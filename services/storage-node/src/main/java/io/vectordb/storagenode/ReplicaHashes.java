package io.vectordb.storagenode;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectordb.internal.storage.v1.HashQuestion;
import io.vectordb.internal.storage.v1.ReplicaAnswer;
import io.vectordb.internal.storage.v1.ReplicaHash;
import io.vectordb.internal.storage.v1.ReplicaQuestion;
import io.vectordb.storage.ContentHash;
import io.vectordb.storage.ShardStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The hashes that one replica was asked for by its log, the last few of them; answers who asks. Thread-safe. */
final class ReplicaHashes {

    static final String PENDING = "the hash is being computed";
    private static final int KEPT = 4;
    private static final int MAX_WAIT_MILLIS = 2_000;

    private final Map<String, CompletableFuture<ContentHash>> byCheck = new LinkedHashMap<>();

    /** Begins a hash as of the entry that was just applied. Called by the thread that applies. */
    void begin(String checkId, ShardStore store) {
        // A thread of its own: the applying thread waits until the view is taken, and must not wait for another hash.
        CompletableFuture<ContentHash> hash = store.hash(
                task -> Thread.ofPlatform().daemon().name("replica-hash").start(task));
        synchronized (byCheck) {
            byCheck.put(checkId, hash);
            while (byCheck.size() > KEPT) {
                byCheck.remove(byCheck.keySet().iterator().next());
            }
        }
    }

    byte[] answer(byte[] question) {
        try {
            ReplicaQuestion parsed = ReplicaQuestion.parseFrom(question);
            return switch (parsed.getQuestionCase()) {
                case HASH -> answer(parsed.getHash()).toByteArray();
                case QUESTION_NOT_SET ->
                    failure("this version does not know the question").toByteArray();
            };
        } catch (InvalidProtocolBufferException e) {
            return failure("not a question: " + e.getMessage()).toByteArray();
        }
    }

    ReplicaAnswer answer(HashQuestion question) {
        CompletableFuture<ContentHash> hash;
        synchronized (byCheck) {
            hash = byCheck.get(question.getCheckId());
        }
        // Not reached yet, or applied before a restart: who asks knows how long to wait.
        if (hash == null) {
            return failure(PENDING);
        }
        try {
            return ReplicaAnswer.newBuilder()
                    .setHash(toProto(
                            hash.get(Math.min(MAX_WAIT_MILLIS, question.getWaitMillis()), TimeUnit.MILLISECONDS)))
                    .build();
        } catch (TimeoutException e) {
            return failure(PENDING);
        } catch (ExecutionException e) {
            return failure("the hash failed: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failure("interrupted");
        }
    }

    private static ReplicaAnswer failure(String why) {
        return ReplicaAnswer.newBuilder().setFailure(why).build();
    }

    private static ReplicaHash toProto(ContentHash hash) {
        return ReplicaHash.newBuilder()
                .setTerm(hash.applied().term())
                .setLogIndex(hash.applied().index())
                .setRecords(hash.records())
                .setFeed(hash.feed())
                .setFeedRows(hash.feedRows())
                .setRequests(hash.requests())
                .setCounters(hash.counters())
                .build();
    }
}

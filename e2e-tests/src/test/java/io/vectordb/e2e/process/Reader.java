package io.vectordb.e2e.process;

import io.grpc.StatusRuntimeException;
import io.vectordb.v1.Consistency;
import io.vectordb.v1.GetRequest;
import io.vectordb.v1.GetResponse;
import io.vectordb.v1.Nearest;
import io.vectordb.v1.Query;
import io.vectordb.v1.SearchRequest;
import io.vectordb.v1.SearchResponse;
import io.vectordb.v1.Select;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A client that picks records which were acknowledged and asks for them: each strong get, strong search and session search
 * has to find the version that was acknowledged before it was sent, or a later one. Calls that fail are nothing: a read
 * may be refused while processes are dying, but never answered wrongly.
 */
final class Reader implements Runnable {

    private static final Duration CALL = Duration.ofSeconds(6);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final GrpcClient client;
    private final String collection;
    private final Ledger ledger;
    private final SplittableRandom random;
    private final BooleanSupplier stopped;
    private final Duration call;

    Reader(GrpcClient client, String collection, Ledger ledger, SplittableRandom random, BooleanSupplier stopped) {
        this(client, collection, ledger, random, stopped, CALL);
    }

    /** @param call how long a call may take */
    Reader(
            GrpcClient client,
            String collection,
            Ledger ledger,
            SplittableRandom random,
            BooleanSupplier stopped,
            Duration call) {
        this.client = client;
        this.collection = collection;
        this.ledger = ledger;
        this.random = random;
        this.stopped = stopped;
        this.call = call;
    }

    @Override
    public void run() {
        while (!stopped.getAsBoolean()) {
            if (ledger.hasLasting()) {
                Ledger.Acknowledged known = ledger.anyLasting(random);
                try {
                    switch (random.nextInt(3)) {
                        case 0 -> get(known);
                        case 1 -> searchStrongly(known);
                        default ->
                            search(
                                    known,
                                    Consistency.newBuilder()
                                            .setLevel(Consistency.Level.SESSION)
                                            .addTokens(known.token()));
                    }
                } catch (StatusRuntimeException e) {
                    // Refused, which is honest.
                }
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private void get(Ledger.Acknowledged known) {
        GetResponse response = client.records()
                .withDeadlineAfter(call.toMillis(), TimeUnit.MILLISECONDS)
                .get(GetRequest.newBuilder()
                        .setCollection(collection)
                        .addKeys(Values.key(known.key()))
                        .build());
        if (!response.getResults(0).hasRecord()) {
            ledger.violation("a strong get misses " + known);
            return;
        }
        long number = response.getResults(0)
                .getRecord()
                .getFields()
                .getValuesOrThrow("number")
                .getIntValue();
        if (number < known.number()) {
            ledger.violation("a strong get gave number " + number + " of " + known);
        }
    }

    /** @throws StatusRuntimeException when it fails */
    void searchStrongly(Ledger.Acknowledged known) {
        search(known, Consistency.newBuilder().setLevel(Consistency.Level.STRONG));
    }

    private void search(Ledger.Acknowledged known, Consistency.Builder consistency) {
        SearchResponse response = client.search()
                .withDeadlineAfter(call.toMillis(), TimeUnit.MILLISECONDS)
                .search(SearchRequest.newBuilder()
                        .setCollection(collection)
                        .setQuery(Query.newBuilder()
                                .setNearest(Nearest.newBuilder()
                                        .setVector(Values.vector(Workload.vector(known.key(), known.number())))))
                        .setFilter("id = $1")
                        .addParams(Values.of(known.key()))
                        .setSelect(Select.newBuilder().addInclude("number"))
                        .setConsistency(consistency)
                        .build());
        String level = consistency.getLevel().name();
        if (response.getHitsCount() != 1) {
            ledger.violation("a " + level + " search has " + response.getHitsCount() + " hits for " + known);
            return;
        }
        long number = response.getHits(0).getFields().getValuesOrThrow("number").getIntValue();
        boolean exact = number == known.number();
        if (number < known.number() || exact && response.getHits(0).getDistance() > 1e-6) {
            ledger.violation("a " + level + " search gave " + response.getHits(0) + " for " + known);
        }
    }
}

package io.vectordb.e2e.fault;

import io.vectordb.e2e.history.Action;
import io.vectordb.e2e.history.Operation;
import io.vectordb.e2e.process.Values;
import io.vectordb.v1.Value;
import io.vectordb.v1.WriteOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Adds records in batches, removes some of them for good, and reads what it ever tried to add. */
final class SetClient implements Step {

    private static final int LONGEST_BATCH = 5;
    private static final int READ_AT_ONCE = 8;
    private static final int READ_AT_THE_END = 200;
    private static final int ATTEMPTS_AT_THE_END = 20;
    private static final long PRESENT = 1;
    private static final String PAYLOAD = "payload ".repeat(1_000);

    private final int id;
    private final boolean large;
    private final String prefix;
    private final Caller caller;
    private final Histories histories;
    private final SplittableRandom random;
    /** Added and told so, not removed. */
    private final List<String> own = new ArrayList<>();

    private final List<String> tried = new ArrayList<>();
    private int made;

    /** @param large whether its records take much room */
    SetClient(int id, boolean large, String prefix, Caller caller, Histories histories, SplittableRandom random) {
        this.id = id;
        this.large = large;
        this.prefix = prefix;
        this.caller = caller;
        this.histories = histories;
        this.random = random;
    }

    @Override
    public boolean run() {
        return switch (random.nextInt(8)) {
            case 0 -> remove();
            case 1, 2, 3 -> read();
            default -> add();
        };
    }

    private boolean add() {
        List<String> keys = new ArrayList<>();
        int size = 1 + random.nextInt(LONGEST_BATCH);
        for (int i = 0; i < size; i++) {
            keys.add(prefix + id + "-" + made++);
        }
        tried.addAll(keys);
        List<Caller.Told> told = change(keys, new Action.Write(PRESENT), this::addition);
        for (int i = 0; i < size; i++) {
            if (told.get(i).known() == Caller.Known.DONE) {
                own.add(keys.get(i));
            }
        }
        return isAnswered(told);
    }

    private WriteOp addition(String key) {
        Map<String, Value> fields = new HashMap<>();
        fields.put("id", Values.of(key));
        fields.put("number", Values.of(PRESENT));
        if (large) {
            fields.put("payload", Values.of(PAYLOAD));
        }
        return WriteOp.newBuilder().setUpsert(Values.fields(fields)).build();
    }

    private boolean remove() {
        if (own.isEmpty()) {
            return false;
        }
        String key = own.remove(random.nextInt(own.size()));
        return isAnswered(change(List.of(key), new Action.Write(Action.ABSENT), SetClient::removal));
    }

    private static WriteOp removal(String key) {
        return WriteOp.newBuilder().setDelete(Values.key(key)).build();
    }

    private List<Caller.Told> change(List<String> keys, Action action, Function<String, WriteOp> op) {
        long invoked = System.nanoTime();
        List<Caller.Told> told = caller.write(keys.stream().map(op).toList());
        long returned = System.nanoTime();
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i);
            long seq = told.get(i).seq();
            switch (told.get(i).known()) {
                case DONE -> histories.add(key, Operation.done(id, action, invoked, returned, seq));
                case UNKNOWN -> histories.add(key, Operation.unknown(id, action, invoked));
                case NOTHING_DONE -> {}
                case CONDITION_FAILED -> histories.violation(key + " was refused for a condition that it did not have");
            }
        }
        return told;
    }

    private static boolean isAnswered(List<Caller.Told> told) {
        return told.stream().allMatch(each -> each.known() == Caller.Known.DONE);
    }

    private boolean read() {
        Set<String> keys = new LinkedHashSet<>();
        for (int i = 0; i < READ_AT_ONCE && !tried.isEmpty(); i++) {
            keys.add(tried.get(random.nextInt(tried.size())));
        }
        return !keys.isEmpty() && read(List.copyOf(keys));
    }

    private boolean read(List<String> keys) {
        long invoked = System.nanoTime();
        Optional<List<Optional<Caller.Seen>>> answer = caller.read(keys);
        if (answer.isEmpty()) {
            return false;
        }
        long returned = System.nanoTime();
        for (int i = 0; i < keys.size(); i++) {
            long seen = answer.get().get(i).map(Caller.Seen::number).orElse(Action.ABSENT);
            histories.add(keys.get(i), Operation.done(id, new Action.Read(seen), invoked, returned, 0));
        }
        return true;
    }

    /** What a client gives the server is short, and a busy machine may need more than one call. */
    private boolean isRead(List<String> keys) {
        for (int attempt = 0; attempt < ATTEMPTS_AT_THE_END; attempt++) {
            if (read(keys)) {
                return true;
            }
        }
        return false;
    }

    /** Reads everything that it ever tried to add, a last time. */
    void readEverything() {
        for (int from = 0; from < tried.size(); from += READ_AT_THE_END) {
            if (!isRead(tried.subList(from, Math.min(tried.size(), from + READ_AT_THE_END)))) {
                histories.violation("a read after everything was healed was not answered");
            }
        }
    }
}

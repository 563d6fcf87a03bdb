package io.vectordb.e2e.fault;

import io.vectordb.e2e.history.Action;
import io.vectordb.e2e.history.Operation;
import io.vectordb.e2e.process.Values;
import io.vectordb.v1.WriteOp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Reads, writes, deletes, and writes on condition of what it saw last, on keys that others change as well. */
final class RegisterClient implements Step {

    private final int id;
    private final Caller caller;
    private final RegisterKeys keys;
    private final Histories histories;
    private final SplittableRandom random;
    private final Map<String, Caller.Seen> lastSeen = new HashMap<>();

    RegisterClient(int id, Caller caller, RegisterKeys keys, Histories histories, SplittableRandom random) {
        this.id = id;
        this.caller = caller;
        this.keys = keys;
        this.histories = histories;
        this.random = random;
    }

    @Override
    public boolean run() {
        RegisterKeys.Register register = keys.pick(random);
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> read(register);
            case 4, 5 -> change(register, null, register.newValue());
            case 6 -> change(register, null, Action.ABSENT);
            case 7 -> change(register, seen(register), Action.ABSENT);
            default -> change(register, seen(register), register.newValue());
        };
    }

    private Caller.Seen seen(RegisterKeys.Register register) {
        return lastSeen.getOrDefault(register.key(), new Caller.Seen(Action.ABSENT, 0));
    }

    private boolean read(RegisterKeys.Register register) {
        long invoked = System.nanoTime();
        Optional<List<Optional<Caller.Seen>>> answer = caller.read(List.of(register.key()));
        if (answer.isEmpty()) {
            return false;
        }
        long returned = System.nanoTime();
        Caller.Seen seen = answer.get().getFirst().orElse(new Caller.Seen(Action.ABSENT, 0));
        lastSeen.put(register.key(), seen);
        histories.add(
                register.key(), Operation.done(id, new Action.Read(seen.number()), invoked, returned, seen.seq()));
        return true;
    }

    private boolean change(RegisterKeys.Register register, Caller.@Nullable Seen expected, long value) {
        Action action = expected == null ? new Action.Write(value) : new Action.CompareAndSet(expected.number(), value);
        long invoked = System.nanoTime();
        Caller.Told told =
                caller.write(List.of(op(register.key(), expected, value))).getFirst();
        long returned = System.nanoTime();
        switch (told.known()) {
            case DONE -> {
                lastSeen.put(register.key(), new Caller.Seen(value, value == Action.ABSENT ? 0 : told.seq()));
                histories.add(register.key(), Operation.done(id, action, invoked, returned, told.seq()));
            }
            case CONDITION_FAILED -> {
                lastSeen.remove(register.key());
                if (expected == null) {
                    histories.violation("a write without a condition was refused for its condition: " + action);
                } else {
                    histories.add(register.key(), Operation.refused(id, action, invoked, returned));
                }
            }
            case NOTHING_DONE -> {}
            case UNKNOWN -> {
                register.unknown();
                histories.add(register.key(), Operation.unknown(id, action, invoked));
            }
        }
        return told.isSettled();
    }

    private static WriteOp op(String key, Caller.@Nullable Seen expected, long value) {
        WriteOp.Builder op = WriteOp.newBuilder();
        if (value == Action.ABSENT) {
            op.setDelete(Values.key(key));
        } else {
            op.setUpsert(Values.fields(Map.of("id", Values.of(key), "number", Values.of(value))));
        }
        if (expected != null) {
            op.setIfSeq(expected.seq());
        }
        return op.build();
    }
}

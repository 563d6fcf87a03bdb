package io.vectordb.e2e.history;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes linearizable histories: clients call, take effect and are answered in random order, and some never hear of it. Then
 * a bug can be planted. For one thread.
 */
final class SimulatedRegister {

    /** What a store may do wrong. */
    enum Bug {
        STALE_READ,
        LOST_UPDATE,
        RESURRECTED_DELETE,
        DOUBLE_COMPARE_AND_SET,
        REFUSED_THOUGH_IT_HELD,
        DONE_THOUGH_IT_DID_NOT_HOLD,
        APPLIED_AGAIN,
        READS_GO_BACK
    }

    private final SplittableRandom random;
    private final double unknown;
    private final List<Operation> history = new ArrayList<>();
    private final List<Call> open = new ArrayList<>();
    private long time;
    private long value = Action.ABSENT;
    private long written;

    SimulatedRegister(SplittableRandom random, double unknown) {
        this.random = random;
        this.unknown = unknown;
    }

    private static final class Call {
        private final int client;
        private final Action action;
        private final long invoked;
        private boolean applied;
        private boolean held = true;
        private boolean abandoned;
        private long read;

        Call(int client, Action action, long invoked) {
            this.client = client;
            this.action = action;
            this.invoked = invoked;
        }
    }

    /** Goes on with so many more operations of so many clients, and lets those end whose outcome somebody hears of. */
    SimulatedRegister run(int clients, int operations) {
        for (int begun = 0; begun < operations || open.stream().anyMatch(call -> !call.abandoned); ) {
            int client = random.nextInt(clients);
            Call call = open.stream()
                    .filter(each -> each.client == client && !each.abandoned)
                    .findFirst()
                    .orElse(null);
            if (call != null) {
                goOn(call);
            } else if (begun < operations) {
                open.add(new Call(client, action(), ++time));
                begun++;
            }
            if (!open.isEmpty() && random.nextInt(4) == 0) {
                apply(open.get(random.nextInt(open.size())));
            }
        }
        return this;
    }

    private Action action() {
        return switch (random.nextInt(6)) {
            case 0 -> new Action.Write(++written);
            case 1 -> new Action.Write(Action.ABSENT);
            case 2, 3 -> new Action.CompareAndSet(value, ++written);
            default -> new Action.Read(Action.ABSENT);
        };
    }

    private void goOn(Call call) {
        if (!call.applied) {
            if (!(call.action instanceof Action.Read) && random.nextDouble() < unknown) {
                call.abandoned = true;
                history.add(Operation.unknown(call.client, call.action, call.invoked));
                return;
            }
            apply(call);
        } else {
            open.remove(call);
            history.add(
                    call.held
                            ? Operation.done(call.client, answered(call), call.invoked, ++time, 0)
                            : Operation.refused(call.client, call.action, call.invoked, ++time));
        }
    }

    private static Action answered(Call call) {
        return call.action instanceof Action.Read ? new Action.Read(call.read) : call.action;
    }

    private void apply(Call call) {
        if (call.applied) {
            return;
        }
        call.applied = true;
        switch (call.action) {
            case Action.Read _ -> call.read = value;
            case Action.Write(long after) -> value = after;
            case Action.CompareAndSet(long expected, long after) -> {
                call.held = expected == value;
                value = call.held ? after : value;
            }
        }
    }

    /** Adds operations that no register answers so, whatever came before and is still open. */
    SimulatedRegister plant(Bug bug) {
        long first = ++written;
        long second = ++written;
        write(first);
        switch (bug) {
            case STALE_READ -> {
                write(second);
                read(second);
                read(first);
            }
            case LOST_UPDATE -> {
                write(second);
                read(first);
            }
            case RESURRECTED_DELETE -> {
                write(Action.ABSENT);
                read(first);
            }
            case DOUBLE_COMPARE_AND_SET -> {
                history.add(Operation.done(0, new Action.CompareAndSet(first, second), time + 1, time + 4, 0));
                history.add(Operation.done(1, new Action.CompareAndSet(first, ++written), time + 2, time + 3, 0));
                time += 4;
            }
            case REFUSED_THOUGH_IT_HELD -> {
                history.add(Operation.refused(0, new Action.CompareAndSet(first, second), ++time, ++time));
                read(first);
            }
            case DONE_THOUGH_IT_DID_NOT_HOLD -> {
                write(second);
                add(new Action.CompareAndSet(first, ++written));
            }
            case APPLIED_AGAIN -> {
                write(second);
                read(second);
                history.add(Operation.unknown(0, new Action.Write(++written), ++time));
                read(first);
            }
            case READS_GO_BACK -> {
                history.add(Operation.unknown(0, new Action.Write(second), ++time));
                read(second);
                read(first);
            }
        }
        value = first;
        return this;
    }

    private void write(long next) {
        add(new Action.Write(next));
    }

    private void read(long seen) {
        add(new Action.Read(seen));
    }

    private void add(Action action) {
        history.add(Operation.done(random.nextInt(3), action, ++time, ++time, 0));
    }

    List<Operation> history() {
        return List.copyOf(history);
    }
}

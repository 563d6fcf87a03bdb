package io.vectordb.storage;

import io.vectordb.internal.storage.v1.FeedLease;
import io.vectordb.internal.storage.v1.LeaseCommand;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * Who still reads the change feed, and from where: rows of {@code system} that entries of the log write, so that every
 * replica keeps the changes that a reader was promised, whichever it turns to.
 *
 * <p>Leases that ran out are dropped by the next entry about leases, by its time.
 */
final class FeedLeases {

    /** Readers of a shard: index nodes and takers of backups and exports. */
    static final int MOST = 64;

    private final ColumnFamilyHandle system;

    FeedLeases(Database database) {
        this.system = database.family(StoreFormat.SYSTEM);
    }

    /** @return whether the lease was taken in */
    boolean apply(ReadView view, WriteBatch batch, LeaseCommand command) {
        long now = command.getTimeMicros();
        List<FeedLease> live = new ArrayList<>();
        for (FeedLease lease : all(view)) {
            if (lease.getExpireMicros() <= now) {
                drop(batch, lease.getReader());
            } else if (!lease.getReader().equals(command.getReader())) {
                live.add(lease);
            }
        }
        if (command.getTtlMicros() == 0) {
            drop(batch, command.getReader());
            return true;
        }
        if (live.size() >= MOST) {
            return false;
        }
        byte[] value = StoreFormat.leaseValue(command.getFromSeq(), now + command.getTtlMicros());
        Database.run(() -> batch.put(system, StoreFormat.leaseKey(command.getReader()), value));
        return true;
    }

    private void drop(WriteBatch batch, String reader) {
        Database.run(() -> batch.delete(system, StoreFormat.leaseKey(reader)));
    }

    /** Those that ran out and were not dropped yet included; in the order of the readers' names. */
    List<FeedLease> all(ReadView view) {
        List<FeedLease> leases = new ArrayList<>();
        RocksIterator rows = view.iterator(system);
        for (rows.seek(StoreFormat.leaseKey(""));
                ReadView.onRow(rows) && StoreFormat.isLeaseKey(rows.key());
                rows.next()) {
            leases.add(StoreFormat.lease(rows.key(), rows.value()));
        }
        return leases;
    }

    /** The lowest seq that a lease which is live at this time reads from; {@link Long#MAX_VALUE} without any. */
    long heldFrom(ReadView view, long nowMicros) {
        return all(view).stream()
                .filter(lease -> lease.getExpireMicros() > nowMicros)
                .mapToLong(FeedLease::getFromSeq)
                .min()
                .orElse(Long.MAX_VALUE);
    }
}

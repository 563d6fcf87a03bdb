package io.vectordb.coordinator;

import com.google.protobuf.Duration;
import io.vectordb.v1.CreateBackupRequest;
import io.vectordb.v1.DeleteBackupRequest;
import io.vectordb.v1.ListAuditEntriesRequest;
import io.vectordb.v1.ListAuditEntriesResponse;
import io.vectordb.v1.ListBackupsRequest;
import io.vectordb.v1.ListBackupsResponse;
import io.vectordb.v1.Operation;
import io.vectordb.v1.ReactorAdminServiceGrpc;
import io.vectordb.v1.RestoreBackupRequest;
import io.vectordb.v1.UnsafeRecoverRequest;
import io.vectordb.v1.UnsafeRecoverResponse;
import io.vectordb.v1.VerifyBackupRequest;
import io.vectordb.v1.VerifyShardRequest;
import reactor.core.publisher.Mono;

/** Backups, checks, recovery by force and the audit log. */
final class AdminEndpoint extends ReactorAdminServiceGrpc.AdminServiceImplBase {

    private final PublicGrpcServices.Background background;
    private final BackupAdmin backups;
    private final CoordinatorProperties properties;

    AdminEndpoint(PublicGrpcServices.Background background, CoordinatorProperties properties) {
        this.background = background;
        this.backups = background.backups();
        this.properties = properties;
    }

    @Override
    public Mono<Operation> createBackup(CreateBackupRequest request) {
        return backups.create(request, TimeBudget.start(request.hasTimeout(), request.getTimeout(), properties));
    }

    @Override
    public Mono<ListBackupsResponse> listBackups(ListBackupsRequest request) {
        return backups.list(request);
    }

    @Override
    public Mono<Operation> restoreBackup(RestoreBackupRequest request) {
        return Mono.fromSupplier(() -> backups.restore(request));
    }

    @Override
    public Mono<Operation> verifyBackup(VerifyBackupRequest request) {
        return Mono.fromSupplier(() -> backups.verify(request));
    }

    @Override
    public Mono<Operation> deleteBackup(DeleteBackupRequest request) {
        return Mono.fromSupplier(() -> backups.delete(request));
    }

    @Override
    public Mono<Operation> verifyShard(VerifyShardRequest request) {
        return background
                .shards()
                .verify(request, TimeBudget.start(request.hasTimeout(), request.getTimeout(), properties));
    }

    @Override
    public Mono<UnsafeRecoverResponse> unsafeRecover(UnsafeRecoverRequest request) {
        return background
                .recovery()
                .recover(request, TimeBudget.start(request.hasTimeout(), request.getTimeout(), properties));
    }

    @Override
    public Mono<ListAuditEntriesResponse> listAuditEntries(ListAuditEntriesRequest request) {
        return background.audit().list(request, TimeBudget.start(false, Duration.getDefaultInstance(), properties));
    }
}

package io.vectordb.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.OpResult;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.internal.storage.v1.UnitResult;
import io.vectordb.internal.storage.v1.WriteRequest;
import io.vectordb.internal.storage.v1.WriteResponse;
import io.vectordb.v1.BatchMode;
import io.vectordb.v1.WriteResult;
import io.vectordb.v1.WriteResult.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class WriterTest {

    /** Fails its second write with the code, and does all others. */
    private static final class FailingSecond extends StorageServiceGrpc.StorageServiceImplBase {

        private final ErrorCode code;
        private final List<String> requestIds = new CopyOnWriteArrayList<>();

        FailingSecond(ErrorCode code) {
            this.code = code;
        }

        @Override
        public void write(WriteRequest request, StreamObserver<WriteResponse> observer) {
            requestIds.add(request.getUnits(0).getRequestId());
            if (requestIds.size() == 2) {
                observer.onError(new VectorDbException(code, "as told"));
                return;
            }
            UnitResult.Builder unit = UnitResult.newBuilder();
            request.getUnits(0)
                    .getOpsList()
                    .forEach(op -> unit.addResults(OpResult.newBuilder().setOutcome(Outcome.CREATED)));
            observer.onNext(WriteResponse.newBuilder()
                    .addUnits(unit)
                    .setSeq(requestIds.size())
                    .build());
            observer.onCompleted();
        }
    }

    /** Three items that need a log entry each. */
    private static List<WriteItem> largeItems(FakeShard fake) {
        List<WriteItem> items = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            WriteItem item = new WriteItem(i, "");
            item.keyIs(Requests.key("k"), fake.shard);
            item.prepared(RecordOp.newBuilder()
                    .setKey(Requests.key("k"))
                    .setPut(Requests.fields("id", "k", "n", i, "body", "x".repeat(1_200_000))));
            items.add(item);
        }
        return items;
    }

    private static List<Outcome> outcomes(List<WriteItem> items) {
        return items.stream()
                .map(item -> Objects.requireNonNull(item.result()))
                .map(WriteResult::getOutcome)
                .toList();
    }

    @Test
    void entriesBehindOneThatFailedAreNotWrittenSinceTheirRepetitionWouldComeAfterThem() {
        for (ErrorCode code : List.of(ErrorCode.INTERNAL, ErrorCode.DISK_FULL)) {
            FailingSecond service = new FailingSecond(code);
            try (FakeShard fake = new FakeShard(service)) {
                List<WriteItem> items = largeItems(fake);
                new Writer(fake.storage)
                        .write(
                                items,
                                BatchMode.BATCH_MODE_SKIP_FAILED,
                                new Writer.Ids.PerRequest("id", ByteString.EMPTY),
                                FakeShard.time(10))
                        .block();
                assertThat(service.requestIds).hasSize(2).doesNotHaveDuplicates();
                Outcome failed = code == ErrorCode.INTERNAL ? Outcome.UNKNOWN : Outcome.REFUSED;
                assertThat(outcomes(items)).containsExactly(Outcome.CREATED, failed, failed);
            }
        }
    }
}

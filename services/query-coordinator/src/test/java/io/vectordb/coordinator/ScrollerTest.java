package io.vectordb.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.vectordb.internal.storage.v1.ScanRequest;
import io.vectordb.internal.storage.v1.ScanResponse;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.v1.ScrollRequest;
import io.vectordb.v1.ScrollResponse;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ScrollerTest {

    private static final int SCANS = 10_000;

    @Test
    void aRareFilterMayNeedAnyNumberOfScans() {
        AtomicInteger scans = new AtomicInteger();
        StorageServiceGrpc.StorageServiceImplBase emptyPages = new StorageServiceGrpc.StorageServiceImplBase() {
            @Override
            public void scan(ScanRequest request, StreamObserver<ScanResponse> observer) {
                int number = scans.incrementAndGet();
                ByteString next = number < SCANS ? ByteString.copyFromUtf8("p" + number) : ByteString.EMPTY;
                observer.onNext(
                        ScanResponse.newBuilder().setNext(next).setAsOfSeq(1).build());
                observer.onCompleted();
            }
        };
        try (FakeShard fake = new FakeShard(emptyPages)) {
            Scroller scroller = new Scroller(fake.catalog, fake.storage, FakeShard.PROPERTIES);
            ScrollRequest request = ScrollRequest.newBuilder()
                    .setCollection("notes")
                    .setFilter("id = 'x'")
                    .build();
            ScrollResponse response = Objects.requireNonNull(
                    scroller.scroll(request, FakeShard.time(120)).block(Duration.ofMinutes(1)));
            assertThat(scans).hasValue(SCANS);
            assertThat(response.getNextCursor()).isEmpty();
            assertThat(response.getRecordsList()).isEmpty();
        }
    }
}

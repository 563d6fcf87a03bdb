package io.vectordb.storagenode;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.ChangeSegmentsRequest;
import io.vectordb.internal.storage.v1.ClaimBuild;
import io.vectordb.internal.storage.v1.SegmentsCommand;
import io.vectordb.internal.storage.v1.SegmentsResult;
import io.vectordb.internal.storage.v1.ShardSegments;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** What an index node asks for as a command of the log, and the result of that as an answer. */
final class SegmentSteps {

    private static final int BUILDER_BYTES = 128;
    private static final Duration LONGEST_CLAIM = Duration.ofMinutes(10);

    private SegmentSteps() {}

    /** @throws VectorDbException {@code INVALID_VALUE} for what no state admits */
    static SegmentsCommand command(ChangeSegmentsRequest request, Instant now) {
        SegmentsCommand.Builder command =
                SegmentsCommand.newBuilder().setTimeMicros(ChronoUnit.MICROS.between(Instant.EPOCH, now));
        switch (request.getStepCase()) {
            case CLAIM -> {
                checkClaim(request.getClaim());
                command.setClaim(request.getClaim());
            }
            case SEAL -> {
                checkBuilder(request.getSeal().getBuilderBytes().size());
                command.setSeal(request.getSeal());
            }
            case PUBLISH -> {
                checkBuilder(request.getPublish().getBuilderBytes().size());
                if (!request.getPublish().hasSegment()) {
                    throw new VectorDbException(ErrorCode.INVALID_VALUE, "expected a segment to publish");
                }
                command.setPublish(request.getPublish());
            }
            case STEP_NOT_SET ->
                throw new VectorDbException(ErrorCode.INVALID_VALUE, "expected a claim, a seal or a publication");
        }
        return command.build();
    }

    private static void checkClaim(ClaimBuild claim) {
        checkBuilder(claim.getBuilderBytes().size());
        long most = LONGEST_CLAIM.toNanos() / 1_000;
        if (claim.getTtlMicros() < 0 || claim.getTtlMicros() > most) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    "a claim lasts 0 to " + most + " microseconds, received " + claim.getTtlMicros());
        }
    }

    private static void checkBuilder(int bytes) {
        if (bytes == 0 || bytes > BUILDER_BYTES) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    "a builder's name has 1 to " + BUILDER_BYTES + " bytes, received " + bytes);
        }
    }

    /**
     * The state after the step.
     *
     * @throws VectorDbException {@code OPERATION_CONFLICT} when it was refused
     */
    static ShardSegments answer(String shard, byte[] result) {
        SegmentsResult parsed = parse(result);
        ShardSegments segments = parsed.getSegments();
        if (!parsed.getRefused().isEmpty()) {
            throw new VectorDbException(
                    ErrorCode.OPERATION_CONFLICT,
                    "the segments of shard " + shard + " stay as they are: " + parsed.getRefused(),
                    Map.of(
                            "shard",
                            shard,
                            "generation",
                            Long.toString(segments.getGeneration()),
                            "builder",
                            segments.getClaim().getBuilder(),
                            "epoch",
                            Long.toString(segments.getClaim().getEpoch())));
        }
        return segments;
    }

    private static SegmentsResult parse(byte[] result) {
        try {
            return SegmentsResult.parseFrom(result);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the answer to a step about segments cannot be read", e);
        }
    }
}

package io.vectordb.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import io.vectordb.v1.StagesProto;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The marks that say from which stage on a field, a method or an enum value is there. They drive the refusal with
 * FEATURE_NOT_AVAILABLE, so what is marked is listed here in full: a mark added or lost by accident is seen.
 */
class StagesTest {

    private static final Set<String> FIELDS_OF_STAGE_TWO = paths("""
            Vector.multi RecordKey.composite
            Condition.match Condition.nested Condition.geo Condition.within
            Schema.checks Schema.foreign_keys Schema.indexes Field.default_value Embed.passage_tokens
            SchemaChange.add_field SchemaChange.drop_field SchemaChange.rename_field SchemaChange.widen_field
            SchemaChange.set_default SchemaChange.add_index SchemaChange.drop_index SchemaChange.add_check
            SchemaChange.drop_check SchemaChange.add_foreign_key SchemaChange.drop_foreign_key SchemaChange.reembed
            SchemaChange.set_vector_options
            SearchRequest.rescore SearchRequest.diversify SearchRequest.group_by SearchRequest.sort SearchRequest.facets
            SearchRequest.highlight SearchRequest.explain SearchRequest.cursor
            Query.match Query.recommend Query.fusion Query.filter Query.filter_tree Query.candidates Query.weight
            Nearest.key Nearest.min_recall Nearest.max_distance Nearest.min_score Nearest.oversample
            Nearest.full_precision
            SearchResponse.groups SearchResponse.facets SearchResponse.recall SearchResponse.plan
            SearchResponse.next_cursor Hit.scores Hit.highlights Hit.explanation
            ScrollRequest.sort ScrollRequest.slice
            """);

    private static final Set<String> FIELDS_OF_STAGE_THREE = paths("""
            Value.bytes_value Vector.sparse Vector.float16_le Vector.int8 Vector.bits
            Schema.partition_by Schema.ttl_field GetCollectionStatsResponse.live_recall
            WriteOp.if_filter Patch.increment Hit.lineage Hit.collection
            GetRequest.as_of SearchRequest.as_of CountRequest.as_of ScrollRequest.as_of SqlRequest.as_of
            """);

    private static final Set<String> METHODS_OF_STAGE_ONE = paths("""
            CollectionService.CreateCollection CollectionService.GetCollection CollectionService.ListCollections
            CollectionService.DeleteCollection CollectionService.AlterCollection
            RecordService.Upsert RecordService.Delete RecordService.Write RecordService.Get RecordService.BulkWrite
            SearchService.Search SearchService.Count SearchService.Scroll SystemService.GetInfo
            AdminService.CreateBackup AdminService.ListBackups AdminService.RestoreBackup AdminService.VerifyBackup
            AdminService.DeleteBackup AdminService.VerifyShard AdminService.UnsafeRecover AdminService.ListAuditEntries
            ClusterService.GetCluster ClusterService.ListNodes ClusterService.ListShards ClusterService.TransferLeader
            ClusterService.SnapshotShard ClusterService.CompactShard ClusterService.FormatDisk ClusterService.MoveReplica
            ClusterService.GetSettings ClusterService.UpdateSettings ClusterService.Rebalance ClusterService.DrainNode
            ClusterService.UndrainNode ClusterService.DecommissionNode
            OperationService.GetOperation OperationService.ListOperations OperationService.CancelOperation
            OperationService.PauseOperation OperationService.ResumeOperation
            """);

    private static final Set<String> METHODS_OF_STAGE_THREE = paths("""
            RecordService.UpdateByFilter SqlService.Prepare
            AdminService.CreateKey AdminService.ListKeys AdminService.RevokeKey
            """);

    private static final Set<String> FIELDS_OF_STAGE_ONE = paths("""
            Value.list_value Value.geo_value Vector.floats Vector.float32_le RecordKey.string_key RecordKey.int_key
            Select.include Select.vector_encoding Consistency.max_staleness Consistency.tokens
            Condition.all Condition.negate Condition.compare Condition.between Condition.in_list Condition.like
            Condition.prefix Condition.is_null Condition.exists Condition.contains Condition.constant
            Condition.expression
            Schema.primary_key Schema.dynamic Field.indexing Field.fields TextOptions.analyzer TextOptions.embed
            VectorOptions.quantization VectorOptions.graph VectorOptions.ef_construction
            CollectionSettings.replicas CollectionSettings.index_replicas CreateCollectionRequest.dry_run
            WriteOp.update WriteOp.if_seq Patch.unset Patch.create UpsertRequest.request_id BulkStart.max_failed
            SearchRequest.k SearchRequest.filter SearchRequest.filter_tree SearchRequest.params
            SearchRequest.allow_partial Query.nearest Query.name Nearest.vector Nearest.text Nearest.ef_search
            Nearest.exact Hit.distance ScrollRequest.cursor ScrollRequest.limit CountRequest.estimate
            """);

    @Test
    void exactlyTheListedFieldsBelongToLaterStages() {
        assertThat(fieldsOf(2)).isEqualTo(FIELDS_OF_STAGE_TWO);
        assertThat(fieldsOf(3)).isEqualTo(FIELDS_OF_STAGE_THREE);
    }

    @Test
    void theFieldsOfTheFirstReleaseCarryNoMark() {
        assertThat(fieldsOf(0)).containsAll(FIELDS_OF_STAGE_ONE);
    }

    @Test
    void exactlyTheListedMethodsBelongToTheFirstAndTheThirdStage() {
        assertThat(methodsOf(0)).isEqualTo(METHODS_OF_STAGE_ONE);
        assertThat(methodsOf(3)).isEqualTo(METHODS_OF_STAGE_THREE);
        assertThat(methodsOf(2)).hasSize(64 - METHODS_OF_STAGE_ONE.size() - METHODS_OF_STAGE_THREE.size());
    }

    @Test
    void relationalIsTheOnlyValueOfALaterStage() {
        Set<String> marked = PublicApi.enums().stream()
                .flatMap(type -> type.getValues().stream())
                .filter(value -> stageOf(value) != 0)
                .map(value ->
                        PublicApi.path(value.getType().getFullName()) + "." + value.getName() + " " + stageOf(value))
                .collect(Collectors.toSet());

        assertThat(marked).containsExactly("Schema.Kind.RELATIONAL 2");
    }

    @Test
    void marksAreTwoOrThree() {
        Stream<Integer> stages = Stream.of(
                        PublicApi.fields().stream().map(StagesTest::stageOf),
                        PublicApi.methods().stream().map(StagesTest::stageOf),
                        PublicApi.enums().stream()
                                .flatMap(type -> type.getValues().stream())
                                .map(StagesTest::stageOf))
                .flatMap(all -> all);

        assertThat(stages).isSubsetOf(List.of(0, 2, 3));
    }

    private static Set<String> fieldsOf(int stage) {
        return PublicApi.fields().stream()
                .filter(field -> stageOf(field) == stage)
                .map(field -> PublicApi.path(field.getFullName()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> methodsOf(int stage) {
        return PublicApi.methods().stream()
                .filter(method -> stageOf(method) == stage)
                .map(method -> PublicApi.path(method.getFullName()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The stage as marked; 0 without a mark. */
    private static int stageOf(FieldDescriptor field) {
        return field.getOptions().getExtension(StagesProto.since);
    }

    private static int stageOf(MethodDescriptor method) {
        return method.getOptions().getExtension(StagesProto.methodSince);
    }

    private static int stageOf(EnumValueDescriptor value) {
        return value.getOptions().getExtension(StagesProto.valueSince);
    }

    private static Set<String> paths(String text) {
        return new TreeSet<>(List.of(text.strip().split("\\s+")));
    }
}

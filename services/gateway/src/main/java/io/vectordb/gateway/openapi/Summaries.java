package io.vectordb.gateway.openapi;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the operations of the first release do, in a line, with examples. Descriptors carry no comments at run time. */
final class Summaries {

    private static final Map<String, String> SUMMARIES = Map.ofEntries(
            Map.entry("GetInfo", "Version, features and every limit of this server"),
            Map.entry("CreateCollection", "Creates a collection; returns when it can be used"),
            Map.entry("ListCollections", "Lists the collections"),
            Map.entry("GetCollection", "A collection with its complete schema and settings"),
            Map.entry("DeleteCollection", "Deletes a collection and all it holds"),
            Map.entry("Upsert", "Creates or replaces records; each has its own result"),
            Map.entry("Delete", "Deletes records by key"),
            Map.entry("Write", "Upserts, updates and deletes mixed, with conditions"),
            Map.entry("Get", "Reads records by key, one result per key, in order"),
            Map.entry(
                    "BulkWrite", "Writes any number of records, one a line; answers one line each and a summary last"),
            Map.entry("Search", "Finds the nearest records that pass a filter"),
            Map.entry("Count", "Counts the records that pass a filter"),
            Map.entry("Scroll", "Pages over all records that pass a filter"),
            Map.entry("CreateBackup", "Copies a collection to a folder; only what the folder lacks is written"),
            Map.entry("ListBackups", "Lists the backups in a folder"),
            Map.entry("RestoreBackup", "Makes a new collection of a backup"),
            Map.entry("VerifyBackup", "Reads every file of a backup and compares it with its hash"),
            Map.entry("DeleteBackup", "Forgets a backup and removes files that no other one needs"),
            Map.entry("GetCluster", "How the cluster is, with the reasons where it is not healthy"),
            Map.entry("ListNodes", "Lists storage and index nodes with their states and disks"),
            Map.entry(
                    "ListShards",
                    "Lists shards with their replicas and what index nodes hold of them, by collection, node or id"),
            Map.entry("GetSettings", "The settings of the cluster, which can be changed while it runs"),
            Map.entry("UpdateSettings", "Changes settings of the cluster, all that are named or none"),
            Map.entry("TransferLeader", "Lets another replica of a shard lead"),
            Map.entry("SnapshotShard", "Makes the state of replicas durable and cuts their logs"),
            Map.entry("MoveReplica", "Moves a replica of a shard to another node, adds one or takes one away"),
            Map.entry("Rebalance", "Says what would be moved to even the cluster out and why, and begins it"),
            Map.entry("DrainNode", "Empties a storage or index node"),
            Map.entry("UndrainNode", "Lets a drained node take replicas again"),
            Map.entry("DecommissionNode", "Empties a node and lets it go for good"),
            Map.entry("AlterCollection", "Changes settings of a collection"),
            Map.entry("PauseOperation", "Lets work in the background rest"),
            Map.entry("ResumeOperation", "Lets work in the background go on"),
            Map.entry("CompactShard", "Rewrites the tables of replicas without what was deleted or replaced"),
            Map.entry("VerifyShard", "Compares the replicas of a shard at one log index"),
            Map.entry("FormatDisk", "Makes the empty folder of a missing disk a new disk"),
            Map.entry("UnsafeRecover", "Goes on with one replica of a shard whose majority is lost for good"),
            Map.entry("ListAuditEntries", "Lists what administrators did, in order"),
            Map.entry("GetOperation", "How far work in the background is; with wait, at its end"),
            Map.entry("ListOperations", "Lists work in the background, the newest first"),
            Map.entry("CancelOperation", "Ends work in the background"),
            Map.entry("PutRecord", "Creates or replaces one record; the key columns may be left out of the body"),
            Map.entry("GetRecord", "One record"),
            Map.entry("DeleteRecord", "Deletes one record; succeeds also when there is none"),
            Map.entry("PatchRecord", "Changes parts of one record"),
            Map.entry("GetOpenApi", "This description"),
            Map.entry("GetProblem", "What an error code means"));

    private static final Map<String, Object> EXAMPLES = Map.of(
            "CreateCollection",
                    Map.of(
                            "name",
                            "notes",
                            "schema",
                            Map.of(
                                    "kind", "document",
                                    "primary_key", List.of("id"),
                                    "fields",
                                            List.of(
                                                    Map.of("name", "id", "type", "keyword"),
                                                    Map.of("name", "text_vec", "type", "vector(384)")))),
            "Search",
                    Map.of(
                            "query", Map.of("nearest", Map.of("text", "shortage of semiconductors")),
                            "filter", "year >= $1",
                            "params", List.of(2024),
                            "k", 2,
                            "select", List.of("text")),
            "Upsert", Map.of("records", List.of(Map.of("id", "n1", "year", 2024))),
            "Delete", Map.of("keys", List.of("n1")),
            "Get", Map.of("keys", List.of("n1", "n2")),
            "Write", Map.of("ops", List.of(Map.of("delete", "n3", "if_seq", 812))),
            "Count", Map.of("filter", "year BETWEEN 2023 AND 2024"),
            "Scroll", Map.of("filter", "year = 2024", "limit", 100),
            "PutRecord", Map.of("text", "Chip supply was constrained.", "year", 2024),
            "PatchRecord", Map.of("set", Map.of("year", 2023), "unset", List.of("note")));

    private Summaries() {}

    static String of(String operation) {
        return SUMMARIES.getOrDefault(operation, "");
    }

    static Optional<Object> example(String operation) {
        return Optional.ofNullable(EXAMPLES.get(operation));
    }
}

package io.vectordb.disks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskSetTest {

    private static final String OWNER = "node-1";

    @TempDir
    private Path temp;

    private Path a;
    private Path b;
    private final Map<Path, DiskSpace> spaces = new ConcurrentHashMap<>();

    @BeforeEach
    void folders() {
        a = temp.resolve("a");
        b = temp.resolve("b");
    }

    @Test
    void emptyFoldersBecomeDisksAndKeepTheirIdentity() {
        List<DiskId> first;
        try (DiskSet set = open(a, b)) {
            first = set.disks().stream().map(Disk::id).toList();
            assertThat(set.statuses()).hasSize(2).allSatisfy(status -> {
                assertThat(status.health()).isEqualTo(DiskHealth.HEALTHY);
                assertThat(status.formatted()).isTrue();
            });
        }
        try (DiskSet set = open(a, b)) {
            assertThat(set.disks()).extracting(Disk::id).isEqualTo(first);
            assertThat(set.statuses()).allMatch(status -> !status.formatted());
        }
    }

    @Test
    void aDiskIsKnownByItsIdentityWhereverItIsMounted() throws IOException {
        DiskId id = formatted(a, b);
        Files.move(a, temp.resolve("elsewhere"));

        try (DiskSet set = open(temp.resolve("elsewhere"), b)) {
            assertThat(set.find(id).orElseThrow().folder()).isEqualTo(temp.resolve("elsewhere"));
            assertThat(set.statuses()).hasSize(2).allMatch(status -> status.health() == DiskHealth.HEALTHY);
        }
    }

    @Test
    void anEmptyFolderWhereADiskWasIsMissingAndIsNotFormatted() throws IOException {
        DiskId id = formatted(a, b);
        delete(a);
        Files.createDirectory(a);

        try (DiskSet set = open(a, b)) {
            assertThat(set.disks()).hasSize(1);
            DiskStatus status = statusAt(set, a);
            assertThat(status.health()).isEqualTo(DiskHealth.MISSING);
            assertThat(status.id()).isEqualTo(id);
            assertThat(a).isEmptyDirectory();
        }
    }

    @Test
    void aFolderThatIsGoneIsMissingAndIsNotMade() throws IOException {
        formatted(a, b);
        delete(a);

        try (DiskSet set = open(a, b)) {
            assertThat(statusAt(set, a).health()).isEqualTo(DiskHealth.MISSING);
            assertThat(a).doesNotExist();
        }
    }

    @Test
    void aMissingDiskIsReplacedOnlyWhenAsked() throws IOException {
        DiskId old = formatted(a, b);
        delete(a);

        try (DiskSet set = open(a, b)) {
            DiskId fresh = set.format(a);
            assertThat(fresh).isNotEqualTo(old);
            assertThat(set.disks()).hasSize(2);
        }
        try (DiskSet set = open(a, b)) {
            assertThat(set.statuses()).hasSize(2).allMatch(status -> status.health() == DiskHealth.HEALTHY);
        }
    }

    @Test
    void aDiskTakenOutOfTheSettingsIsMissedUntilForgotten() {
        DiskId id = formatted(a, b);

        try (DiskSet set = open(b)) {
            assertThat(statusAt(set, a).health()).isEqualTo(DiskHealth.MISSING);
            set.forget(id);
            assertThat(set.statuses()).hasSize(1);
        }
        try (DiskSet set = open(b)) {
            assertThat(set.statuses()).hasSize(1);
        }
    }

    @Test
    void aFolderWithFilesAndNoIdentityIsRefused() throws IOException {
        Files.createDirectory(a);
        Files.writeString(a.resolve("letter.txt"), "not ours");

        try (DiskSet set = open(a, b)) {
            assertThat(statusAt(set, a).health()).isEqualTo(DiskHealth.UNFORMATTED);
            assertThat(statusAt(set, b).health()).isEqualTo(DiskHealth.HEALTHY);
        }
    }

    @Test
    void aDiskOfAnotherNodeIsRefused() {
        try (DiskSet other = DiskSet.open(settings("node-2", a))) {
            assertThat(other.disks()).hasSize(1);
        }
        try (DiskSet set = open(a, b)) {
            assertThat(statusAt(set, a).health()).isEqualTo(DiskHealth.FOREIGN);
            assertThat(statusAt(set, a).reason()).contains("node-1").contains("node-2");
            assertThat(set.disks()).hasSize(1);
        }
    }

    @Test
    void aCopyOfADiskIsRefusedBesideIt() throws IOException {
        formatted(a);
        Files.createDirectory(b);
        Files.copy(a.resolve(DiskIdentity.FILE), b.resolve(DiskIdentity.FILE));

        try (DiskSet set = open(a, b)) {
            assertThat(set.disks()).hasSize(1);
            assertThat(statusAt(set, b).health()).isEqualTo(DiskHealth.FOREIGN);
        }
    }

    @Test
    void aDiskInUseIsRefused() {
        try (DiskSet first = open(a);
                DiskSet second = open(a)) {
            assertThat(first.disks()).hasSize(1);
            assertThat(second.disks()).isEmpty();
            assertThat(statusAt(second, a).reason()).contains("lock");
        }
    }

    @Test
    void aDamagedIdentityFailsTheDiskAndNoOther() throws IOException {
        formatted(a, b);
        byte[] bytes = Files.readAllBytes(a.resolve(DiskIdentity.FILE));
        bytes[40] ^= 1;
        Files.write(a.resolve(DiskIdentity.FILE), bytes);

        try (DiskSet set = open(a, b)) {
            assertThat(statusAt(set, a).health()).isEqualTo(DiskHealth.FAILED);
            assertThat(statusAt(set, a).reason()).contains("checksum");
            assertThat(statusAt(set, a).id()).isNotNull();
            assertThat(set.disks()).hasSize(1);
        }
    }

    @Test
    void theDiskWithTheMostRoomIsChosenAndReservationsCount() {
        try (DiskSet set = open(a, b)) {
            fill(a, 500);
            fill(b, 400);
            try (Reservation first = set.place(200);
                    Reservation second = set.place(10)) {
                assertThat(first.disk().folder()).isEqualTo(b);
                assertThat(second.disk().folder()).isEqualTo(a);
                first.written(150);
                assertThat(first.disk().reservedBytes()).isEqualTo(50);
            }
            assertThat(set.disks()).allMatch(disk -> disk.reservedBytes() == 0);
        }
    }

    @Test
    void watermarksEndPlacementFirstAndWritesLast() {
        try (DiskSet set = open(a)) {
            Disk disk = set.disks().getFirst();
            fill(a, 849);
            set.place(0).close();
            assertThatThrownBy(() -> set.place(1))
                    .isInstanceOfSatisfying(
                            VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL))
                    .hasMessageContaining("85.0 %")
                    .hasMessageContaining("84.9 %");
            assertThat(disk.level()).isEqualTo(DiskLevel.NORMAL);
            fill(a, 850);
            assertThat(disk.level()).isEqualTo(DiskLevel.NO_NEW_FILES);
            fill(a, 900);
            assertThat(disk.level()).isEqualTo(DiskLevel.MOVE_AWAY);
            disk.checkWritable();
            fill(a, 950);
            assertThat(disk.level()).isEqualTo(DiskLevel.REJECT_WRITES);
            assertThatThrownBy(disk::checkWritable)
                    .isInstanceOfSatisfying(
                            VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL))
                    .hasMessageContaining("95.0 %");
        }
    }

    @Test
    void aFailureOfOneOperationLeavesAWorkingDiskHealthy() {
        try (DiskSet set = open(a)) {
            Disk disk = set.disks().getFirst();
            disk.reportFailure(new IOException("once"));
            assertThat(disk.health()).isEqualTo(DiskHealth.HEALTHY);
            assertThat(disk.errors()).isEqualTo(1);
        }
    }

    @Test
    void aDiskThatGoesAwayFailsIsReportedAndGetsNothingNew() throws IOException {
        try (DiskSet set = open(a, b)) {
            fill(a, 0);
            fill(b, 500);
            List<Disk> told = new java.util.ArrayList<>();
            set.addListener(told::add);
            delete(a);

            set.probe();

            assertThat(told).hasSize(1).allMatch(disk -> disk.health() == DiskHealth.FAILED);
            try (Reservation placed = set.place(10)) {
                assertThat(placed.disk().folder()).isEqualTo(b);
            }
        }
    }

    private DiskId formatted(Path... folders) {
        try (DiskSet set = open(folders)) {
            return set.disks().stream()
                    .filter(disk -> disk.folder().equals(folders[0]))
                    .findFirst()
                    .orElseThrow()
                    .id();
        }
    }

    private DiskSet open(Path... folders) {
        return DiskSet.open(settings(OWNER, folders));
    }

    private DiskSettings settings(String owner, Path... folders) {
        return new DiskSettings(
                owner,
                List.of(folders),
                Watermarks.DEFAULT,
                folder -> spaces.getOrDefault(folder, new DiskSpace(1000, 0, 1000)));
    }

    private void fill(Path folder, long used) {
        spaces.put(folder, new DiskSpace(1000, used, 1000 - used));
    }

    private static DiskStatus statusAt(DiskSet set, Path folder) {
        return set.statuses().stream()
                .filter(status -> status.folder().equals(folder))
                .findFirst()
                .orElseThrow();
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, java.io.IOException error) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}

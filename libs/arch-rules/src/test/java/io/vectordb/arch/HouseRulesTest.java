package io.vectordb.arch;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.vectordb.arch.planted.Planted;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each rule finds what was planted against it, and lets clean classes pass. */
final class HouseRulesTest {

    private final Module library = new Module("libs/planted", new ClassFileImporter().importPackagesOf(Planted.class));
    private final Module cli = new Module("cli", library.classes());
    private final Module service = new Module("services/planted", library.classes());

    @Test
    void findsPackagesThatNeedEachOther() {
        assertThat(violations(HouseRules.packagesAreAcyclic())).anyMatch(text -> text.contains("planted.inner"));
    }

    @Test
    void findsPackagesThatAreNotNullMarked() {
        assertThat(violations(HouseRules.packagesAreNullMarked())).anyMatch(text -> text.contains("Planted is in"));
    }

    @Test
    void findsALibraryUsedByAnotherThanItsOwner() {
        Technology junit = new Technology("JUnit", Set.of("org.junit.."), Set.of("libs/other"));
        assertThat(junit.isOwnedBy(library)).isFalse();
        assertThat(junit.isOwnedBy(new Module("libs/other", library.classes()))).isTrue();
        assertThat(HouseRules.technologiesHaveOneOwner(library)).hasSameSizeAs(Technology.OWNED);
        assertThat(HouseRules.technologiesHaveOneOwner(service)).hasSize(Technology.OWNED.size() - 1);
    }

    @Test
    void findsWhatTheInnermostLibrariesMayNotUse() {
        Module common = new Module("libs/common", library.classes());
        assertThat(violations(HouseRules.innermostLibrariesNeedTheJdkOnly(common)))
                .anyMatch(text -> text.contains("org.junit"));
        assertThat(HouseRules.innermostLibrariesNeedTheJdkOnly(library)).isEmpty();
    }

    @Test
    void findsOutputOutsideTheCommandLine() {
        assertThat(violations(HouseRules.onlyTheCommandLineWritesToStandardStreams(library)))
                .anyMatch(text -> text.contains("System.out"));
        assertThat(HouseRules.onlyTheCommandLineWritesToStandardStreams(cli)).isEmpty();
        Module testKit = new Module("libs/test-kit", library.classes());
        assertThat(HouseRules.onlyTheCommandLineWritesToStandardStreams(testKit))
                .isEmpty();
    }

    @Test
    void findsSleepOutsideTheCommandLine() {
        assertThat(violations(HouseRules.onlyTheCommandLineSleeps(library)))
                .anyMatch(text -> text.contains("Thread.sleep"));
        assertThat(HouseRules.onlyTheCommandLineSleeps(cli)).isEmpty();
    }

    @Test
    void findsJavaUtilLogging() {
        assertThat(violations(HouseRules.nobodyUsesJavaUtilLogging())).isNotEmpty();
    }

    @Test
    void findsPublicFieldsThatCanChange() {
        assertThat(violations(HouseRules.publicFieldsAreFinal())).anyMatch(text -> text.contains("Planted.count"));
    }

    @Test
    void findsConfigurationsInLibraries() {
        assertThat(violations(HouseRules.onlyServicesHaveConfigurations(library)))
                .anyMatch(text -> text.contains("PlantedConfiguration"));
        assertThat(HouseRules.onlyServicesHaveConfigurations(service)).isEmpty();
    }

    @Test
    void keepsItsOwnRules() {
        Module own = Module.at(Path.of("").toAbsolutePath());
        assertThat(own.folder()).isEqualTo("libs/arch-rules");
        assertThat(own.classes().contain(HouseRules.class)).isTrue();
        HouseRules.packagesAreNullMarked().check(own.classes());
        HouseRules.packagesAreAcyclic().check(own.classes());
    }

    private List<String> violations(List<ArchRule> rules) {
        return rules.stream().flatMap(rule -> violations(rule).stream()).toList();
    }

    private List<String> violations(ArchRule rule) {
        JavaClasses classes = library.classes();
        return rule.evaluate(classes).getFailureReport().getDetails();
    }
}

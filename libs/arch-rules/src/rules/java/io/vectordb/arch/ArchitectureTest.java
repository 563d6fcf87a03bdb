package io.vectordb.arch;

import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds the module in whose folder it runs to {@link HouseRules}. The classes are read once for all rules. */
final class ArchitectureTest {

    private static final Module MODULE = Module.at(Path.of("").toAbsolutePath());

    @Test
    void packagesAreAcyclic() {
        check(HouseRules.packagesAreAcyclic());
    }

    @Test
    void packagesAreNullMarked() {
        check(HouseRules.packagesAreNullMarked());
    }

    @Test
    void technologiesHaveOneOwner() {
        check(HouseRules.technologiesHaveOneOwner(MODULE));
    }

    @Test
    void innermostLibrariesNeedTheJdkOnly() {
        check(HouseRules.innermostLibrariesNeedTheJdkOnly(MODULE));
    }

    @Test
    void servicesDoNotImportEachOther() {
        check(HouseRules.servicesDoNotImportEachOther(MODULE));
    }

    @Test
    void onlyTheCommandLineWritesToStandardStreams() {
        check(HouseRules.onlyTheCommandLineWritesToStandardStreams(MODULE));
    }

    @Test
    void onlyTheCommandLineSleeps() {
        check(HouseRules.onlyTheCommandLineSleeps(MODULE));
    }

    @Test
    void nobodyUsesJavaUtilLogging() {
        check(HouseRules.nobodyUsesJavaUtilLogging());
    }

    @Test
    void nobodyInjectsFields() {
        check(HouseRules.nobodyInjectsFields());
    }

    @Test
    void publicFieldsAreFinal() {
        check(HouseRules.publicFieldsAreFinal());
    }

    @Test
    void onlyServicesHaveConfigurations() {
        check(HouseRules.onlyServicesHaveConfigurations(MODULE));
    }

    private static void check(ArchRule rule) {
        rule.check(MODULE.classes());
    }

    private static void check(List<ArchRule> rules) {
        rules.forEach(ArchitectureTest::check);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.addon.AddonFolders;
import dev.allotment.core.internal.authentication.Passwords;
import dev.allotment.core.internal.backup.archive.FolderBackupStore;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.core.internal.brand.BrandChecks;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.core.internal.server.BackendProviders;
import dev.allotment.hook.AddonSource;
import dev.allotment.hook.SaasListener;
import dev.allotment.hook.TxtRecords;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.core.SaasSettings;
import dev.allotment.spi.openid.OpenIdReader;
import dev.allotment.spi.passkey.PasskeyVerifier;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a control plane with their rules.
 *
 * @param given not checked yet
 * @param secretKeyIterations how often a secret key is hashed
 */
record CoreSettings(SaasSettings given, int secretKeyIterations) {
    private static final Duration MAX_RETENTION = Duration.ofDays(36_500);

    void check() {
        SaasSettings.Installation installation = given.installation();
        SaasSettings.Limits limits = given.limits();
        SaasSettings.Backups backups = given.backups();
        String node = given.node().name();
        int iterations = given.secrets().passwordIterations();
        Map<String, String> problems = new TreeMap<>();
        if (given.backends().opened() == null && given.backends().name() == null) {
            problems.put("backend", "none is named");
        }
        problem(problems, "mainDatabase", () -> DatabaseNames.check(installation.mainDatabase(), Set.of()));
        problem(problems, "baseUrl", () -> MainParameters.checkUrl(installation.baseUrl()));
        if (installation.baseDomain() != null && !TextRules.isHost(installation.baseDomain())) {
            problems.put(
                    "baseDomain",
                    "a domain such as example.com; found " + TextRules.describe(installation.baseDomain()));
        }
        if (installation.baseDomain() == null
                && !problems.containsKey("baseUrl")
                && !TextRules.isHost(hostOfBaseUrl())) {
            problems.put("baseDomain", "is missing; the host of the base URL is not a name that could end others");
        }
        problem(problems, "administrator", () -> {
            if (Set.of(Actor.SYSTEM_LOGIN, Actor.HOST_LOGIN)
                    .contains(TextRules.login(installation.administratorLogin()))) {
                throw SaasException.invalid(
                        ErrorCodes.ACCOUNT_INVALID, "The system account or the embedder has this name");
            }
            Passwords.check(installation.administratorPassword());
        });
        problem(
                problems,
                "masterPassword",
                () -> Passwords.check(given.secrets().masterPassword()));
        if (node != null && (node.isBlank() || node.length() > TextRules.MAX_NAME || TextRules.hasControl(node))) {
            problems.put(
                    "node", "1 to " + TextRules.MAX_NAME + " printable characters, found " + TextRules.describe(node));
        }
        for (String key : given.secrets().keys().get()) {
            if (key.length() < SecretCipher.SHORTEST_KEY) {
                problems.put("secretKey", SecretCipher.SHORTEST_KEY + " characters at least, found " + key.length());
            }
        }
        if (backups.kept() < 1) {
            problems.put("keptBackups", "1 at least, found " + backups.kept());
        }
        if (backups.drillsWithin().isNegative()) {
            problems.put("backupDrills", "not negative, found " + backups.drillsWithin());
        }
        if (backups.beforeChanges() && backups.store() == null && backups.folder() == null) {
            problems.put("backupBeforeChanges", "backupStore or backupFolder, found none");
        }
        if (limits.databasesWarnAt() < 1 || limits.databasesMax() < limits.databasesWarnAt()) {
            problems.put(
                    "databasesPerServer",
                    "two numbers from 1 on, the second not below the first; found " + limits.databasesWarnAt() + " and "
                            + limits.databasesMax());
        }
        if (iterations < 1 || iterations > Passwords.MAX_ITERATIONS) {
            problems.put("passwordIterations", "1 to " + Passwords.MAX_ITERATIONS + ", found " + iterations);
        }
        if (limits.failedSignInsPerLogin() < 0 || limits.failedSignInsPerClientAddress() < 0) {
            problems.put(
                    "failedSignIns",
                    "not negative, found " + limits.failedSignInsPerLogin() + " and "
                            + limits.failedSignInsPerClientAddress());
        }
        if (limits.signUpsPerClientAddress() < 0) {
            problems.put("signUps", "not negative, found " + limits.signUpsPerClientAddress());
        }
        if (limits.nameRetention().isNegative() || limits.nameRetention().compareTo(MAX_RETENTION) > 0) {
            problems.put("nameRetention", "0 to " + MAX_RETENTION.toDays() + " days, found " + limits.nameRetention());
        }
        problem(problems, "brand", () -> BrandChecks.check(given.appearance().brand()));
        problem(
                problems,
                "brandStylesheet",
                () -> BrandChecks.checkStylesheet(given.appearance().stylesheet()));
        if (!problems.isEmpty()) {
            List<String> lines = new ArrayList<>();
            problems.forEach((key, what) -> lines.add(key + ": " + what));
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "Invalid settings of the control plane:\n  " + String.join("\n  ", lines) + mistakesOfBackend());
        }
    }

    /** Only the backend knows its settings. It is opened for nothing else, and closed again. */
    private String mistakesOfBackend() {
        if (given.backends().opened() != null || given.backends().name() == null) {
            return "";
        }
        try {
            findBackend().close();
            return "";
        } catch (SaasException e) {
            return e.category() == ErrorCategory.INVALID_INPUT ? "\n" + e.getMessage() : "";
        }
    }

    String hostOfBaseUrl() {
        return URI.create(MainParameters.checkUrl(given.installation().baseUrl()))
                .getHost()
                .toLowerCase(Locale.ROOT);
    }

    private static void problem(Map<String, String> problems, String key, Runnable rule) {
        try {
            rule.run();
        } catch (SaasException e) {
            problems.put(key, String.valueOf(e.getMessage()));
        }
    }

    Backend findBackend() {
        SaasSettings.Backends backends = given.backends();
        return new BackendProviders(backends.providers())
                .open(backends.name(), provider -> provider.open(Settings.of(backends.settings())));
    }

    /** The store of the backups; null: there are no backups. */
    @Nullable
    BackupStore backupStore() {
        Path folder = given.backups().folder();
        return folder == null ? given.backups().store() : new FolderBackupStore(folder);
    }

    List<AddonSource> addonSources() {
        List<AddonSource> sources = new ArrayList<>();
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        sources.add(AddonFolders.on(loader == null ? CoreSettings.class.getClassLoader() : loader));
        sources.addAll(found(ServiceLoader.load(AddonSource.class), "A source of add-ons"));
        sources.addAll(given.extensions().addonSources());
        given.extensions().addonFolders().forEach(folder -> sources.add(AddonFolders.in(folder)));
        return sources;
    }

    List<SaasListener> listeners() {
        List<SaasListener> all = new ArrayList<>(found(ServiceLoader.load(SaasListener.class), "A listener"));
        all.addAll(given.extensions().listeners());
        Set<String> names = new HashSet<>();
        for (SaasListener each : all) {
            String name = TextRules.name(each.name(), ErrorCodes.SETTING_INVALID, "A listener");
            if (!names.add(name)) {
                throw SaasException.invalid(
                        ErrorCodes.SETTING_INVALID,
                        "There are two listeners " + TextRules.describe(name)
                                + "; pending deliveries are stored by name.");
            }
        }
        return all;
    }

    /** What verifies passkeys; null: there are none. */
    @Nullable
    PasskeyVerifier passkeyVerifier() {
        return single(
                found(ServiceLoader.load(PasskeyVerifier.class), "A verifier of passkeys"), "verifiers of passkeys");
    }

    /** What reads the answers of identity providers; null: there are none. */
    @Nullable
    OpenIdReader openIdReader() {
        return single(
                found(ServiceLoader.load(OpenIdReader.class), "A reader of OpenID Connect"),
                "readers of OpenID Connect");
    }

    /** What reads the TXT records that prove mail domains; null: nothing does. */
    @Nullable
    TxtRecords txtRecords() {
        TxtRecords own = given.application().txtRecords();
        return own != null
                ? own
                : single(
                        found(ServiceLoader.load(TxtRecords.class), "A reader of TXT records"),
                        "readers of TXT records");
    }

    private static <S> @Nullable S single(List<S> found, String what) {
        if (found.size() > 1) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "There are " + found.size() + " " + what + " on the class path. Leave one.");
        }
        return found.isEmpty() ? null : found.get(0);
    }

    /** What is on the class path is meant to be used, so failing to load it is an error. */
    private static <S> List<S> found(ServiceLoader<S> loader, String what) {
        List<S> services = new ArrayList<>();
        try {
            loader.forEach(services::add);
        } catch (ServiceConfigurationError e) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID, what + " on the class path cannot be loaded: " + e.getMessage());
        }
        return services;
    }
}

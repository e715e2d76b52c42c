// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.addon.AddonFolders;
import dev.allotment.core.internal.authentication.Passwords;
import dev.allotment.core.internal.authentication.SignInLimits;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.core.internal.base.TextRules;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.server.BackendProviders;
import dev.allotment.hook.AddonSource;
import dev.allotment.hook.DomainVerifier;
import dev.allotment.hook.Fix;
import dev.allotment.hook.Neutraliser;
import dev.allotment.hook.PasswordPolicy;
import dev.allotment.hook.PreDeletionBackup;
import dev.allotment.hook.SaasListener;
import dev.allotment.hook.TenantAction;
import dev.allotment.hook.TenantFiles;
import dev.allotment.hook.TenantSchema;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backup.BackupStore;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The settings of a control plane, as the builder collects them, with their defaults and rules. */
final class CoreSettings {
    private static final Duration MAX_RETENTION = Duration.ofDays(36_500);

    @Nullable
    String backendName;

    Map<String, String> backendSettings = Map.of();

    @Nullable
    Backend backend;

    String mainDatabase = "portal.localhost";
    String baseUrl = "http://portal.localhost:8069";

    @Nullable
    String baseDomain;

    String administratorLogin = "admin";

    @Nullable
    String administratorPassword;

    @Nullable
    String masterPassword;

    @Nullable
    String node;

    Clock clock = Clock.systemUTC();
    SecureRandom random = new SecureRandom();
    LongSupplier ticker = System::nanoTime;
    int passwordIterations = 210_000;
    int secretKeyIterations = SecretCipher.ITERATIONS;
    SignInLimits signInLimits = new SignInLimits(10, 100);
    int signUpsPerClientAddress = 20;
    Duration nameRetention = Duration.ofDays(30);
    final List<AddonSource> addonSources = new ArrayList<>();
    final Map<String, Fix> fixes = new HashMap<>();
    final Map<String, TenantAction> tenantActions = new HashMap<>();
    final List<SaasListener> listeners = new ArrayList<>();

    @Nullable
    Executor executor;

    final List<Neutraliser> neutralisers = new ArrayList<>();

    @Nullable
    TenantSchema tenantSchema;

    @Nullable
    TenantFiles tenantFiles;

    @Nullable
    PreDeletionBackup preDeletionBackup;

    @Nullable
    DomainVerifier domainVerifier;

    @Nullable
    PasswordPolicy passwordPolicy;

    final List<BackendProvider> providers = new ArrayList<>();

    Supplier<List<String>> secretKeys = List::of;

    @Nullable
    BackupStore backupStore;

    int keptBackups = 7;
    Duration backupDrillsWithin = Duration.ofDays(30);
    boolean backupBeforeChanges;
    int serverWarnAt = 2000;
    int serverMax = 4000;

    void check() {
        Map<String, String> problems = new TreeMap<>();
        if (backend == null && backendName == null) {
            problems.put("backend", "none is named");
        }
        problem(problems, "mainDatabase", () -> DatabaseNames.check(mainDatabase, Set.of()));
        problem(problems, "baseUrl", () -> MainParameters.checkUrl(baseUrl));
        if (baseDomain != null && !TextRules.isHost(baseDomain)) {
            problems.put("baseDomain", "a domain such as example.com; found " + TextRules.describe(baseDomain));
        }
        if (baseDomain == null && !problems.containsKey("baseUrl") && !TextRules.isHost(hostOfBaseUrl())) {
            problems.put("baseDomain", "is missing; the host of the base URL is not a name that could end others");
        }
        problem(problems, "administrator", () -> {
            if (Set.of(Actor.SYSTEM_LOGIN, Actor.HOST_LOGIN).contains(TextRules.login(administratorLogin))) {
                throw SaasException.invalid(
                        ErrorCodes.ACCOUNT_INVALID, "The system account or the embedder has this name");
            }
            Passwords.check(administratorPassword);
        });
        problem(problems, "masterPassword", () -> Passwords.check(masterPassword));
        if (node != null && (node.isBlank() || node.length() > TextRules.MAX_NAME || TextRules.hasControl(node))) {
            problems.put(
                    "node", "1 to " + TextRules.MAX_NAME + " printable characters, found " + TextRules.describe(node));
        }
        for (String key : secretKeys.get()) {
            if (key.length() < SecretCipher.SHORTEST_KEY) {
                problems.put("secretKey", SecretCipher.SHORTEST_KEY + " characters at least, found " + key.length());
            }
        }
        if (keptBackups < 1) {
            problems.put("keptBackups", "1 at least, found " + keptBackups);
        }
        if (backupDrillsWithin.isNegative()) {
            problems.put("backupDrills", "not negative, found " + backupDrillsWithin);
        }
        if (backupBeforeChanges && backupStore == null) {
            problems.put("backupBeforeChanges", "backupStore or backupFolder, found none");
        }
        if (serverWarnAt < 1 || serverMax < serverWarnAt) {
            problems.put(
                    "databasesPerServer",
                    "two numbers from 1 on, the second not below the first; found " + serverWarnAt + " and "
                            + serverMax);
        }
        if (passwordIterations < 1 || passwordIterations > Passwords.MAX_ITERATIONS) {
            problems.put("passwordIterations", "1 to " + Passwords.MAX_ITERATIONS + ", found " + passwordIterations);
        }
        if (signInLimits.perLogin() < 0 || signInLimits.perClientAddress() < 0) {
            problems.put(
                    "failedSignIns",
                    "not negative, found " + signInLimits.perLogin() + " and " + signInLimits.perClientAddress());
        }
        if (signUpsPerClientAddress < 0) {
            problems.put("signUps", "not negative, found " + signUpsPerClientAddress);
        }
        if (nameRetention.isNegative() || nameRetention.compareTo(MAX_RETENTION) > 0) {
            problems.put("nameRetention", "0 to " + MAX_RETENTION.toDays() + " days, found " + nameRetention);
        }
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
        if (backend != null || backendName == null) {
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
        return URI.create(MainParameters.checkUrl(baseUrl)).getHost().toLowerCase(Locale.ROOT);
    }

    private static void problem(Map<String, String> problems, String key, Runnable rule) {
        try {
            rule.run();
        } catch (SaasException e) {
            problems.put(key, String.valueOf(e.getMessage()));
        }
    }

    Backend findBackend() {
        return new BackendProviders(providers)
                .open(backendName, provider -> provider.open(Settings.of(backendSettings)));
    }

    List<AddonSource> addonSources() {
        List<AddonSource> sources = new ArrayList<>();
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        sources.add(AddonFolders.on(loader == null ? CoreSettings.class.getClassLoader() : loader));
        sources.addAll(found(ServiceLoader.load(AddonSource.class), "A source of add-ons"));
        sources.addAll(addonSources);
        return sources;
    }

    List<SaasListener> listeners() {
        List<SaasListener> all = new ArrayList<>(found(ServiceLoader.load(SaasListener.class), "A listener"));
        all.addAll(listeners);
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

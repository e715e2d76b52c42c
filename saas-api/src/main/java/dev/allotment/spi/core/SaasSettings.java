// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.core;

import dev.allotment.Internal;
import dev.allotment.brand.Brand;
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
import dev.allotment.hook.TxtRecords;
import dev.allotment.hook.WorkObserver;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backup.BackupStore;
import dev.allotment.webhook.WebhookTargets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a control plane, as {@link dev.allotment.SaasBuilder} collected them. Its methods describe each of
 * them. Values are not checked yet; null means that nothing was set. Passwords and keys are never printed.
 */
@Internal
public record SaasSettings(
        Backends backends,
        Installation installation,
        Node node,
        Secrets secrets,
        Limits limits,
        Backups backups,
        Extensions extensions,
        Application application,
        Appearance appearance) {
    /** Creates the settings from all groups. */
    @Internal
    public SaasSettings {}

    /** The backend of the catalog, by name or opened, and where backends are found. */
    public record Backends(
            @Nullable String name,
            Map<String, String> settings,
            @Nullable Backend opened,
            List<BackendProvider> providers) {
        @Override
        public String toString() {
            return "Backends[name=" + name + "]";
        }
    }

    /** What the first start stores. */
    public record Installation(
            String mainDatabase,
            String baseUrl,
            @Nullable String baseDomain,
            String administratorLogin,
            @Nullable String administratorPassword) {
        @Override
        public String toString() {
            return "Installation[mainDatabase=" + mainDatabase + "]";
        }
    }

    /** This process. */
    public record Node(
            @Nullable String name,
            Clock clock,
            SecureRandom random,
            LongSupplier ticker,
            @Nullable Executor executor) {}

    /** Passwords and keys. */
    public record Secrets(
            @Nullable String masterPassword,
            Supplier<List<String>> keys,
            int passwordIterations,
            @Nullable PasswordPolicy passwordPolicy) {
        @Override
        public String toString() {
            return "Secrets[]";
        }
    }

    /** Numbers that must not be exceeded, and how long names stay reserved. */
    public record Limits(
            int failedSignInsPerLogin,
            int failedSignInsPerClientAddress,
            int signUpsPerClientAddress,
            int databasesWarnAt,
            int databasesMax,
            Duration nameRetention) {
        /** Creates the group from all its parts. */
        @Internal
        public Limits {}
    }

    /** The backups of tenants. At most one of store and folder is set. */
    public record Backups(
            @Nullable BackupStore store,
            @Nullable Path folder,
            int kept,
            Duration drillsWithin,
            boolean beforeChanges) {}

    /** What the embedder adds, any number of each. */
    public record Extensions(
            List<AddonSource> addonSources,
            List<Path> addonFolders,
            Map<String, Fix> fixes,
            Map<String, TenantAction> tenantActions,
            List<SaasListener> listeners,
            List<Neutraliser> neutralisers,
            List<WorkObserver> observers) {
        /** Creates the group from all its parts. */
        @Internal
        public Extensions {}
    }

    /** The embedder's application. */
    public record Application(
            @Nullable TenantSchema schema,
            @Nullable TenantFiles files,
            @Nullable DomainVerifier domainVerifier,
            @Nullable PreDeletionBackup preDeletionBackup,
            WebhookTargets webhookTargets,
            WebhookTargets identityTargets,
            @Nullable TxtRecords txtRecords) {
        /** Creates the group from all its parts. */
        @Internal
        public Application {}
    }

    /** The brand as long as none is applied, and the stylesheet that pages load last. */
    public record Appearance(Brand brand, String stylesheet) {}
}

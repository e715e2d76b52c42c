// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.core.internal.access.AccessFeature;
import dev.allotment.core.internal.account.AccountFeature;
import dev.allotment.core.internal.addon.AddonRegistry;
import dev.allotment.core.internal.authentication.AccountFactors;
import dev.allotment.core.internal.authentication.PasskeyCeremonies;
import dev.allotment.core.internal.authentication.SignIn;
import dev.allotment.core.internal.backup.BackupFeature;
import dev.allotment.core.internal.base.CatalogGuard;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.core.internal.billing.PaymentFeature;
import dev.allotment.core.internal.brand.BrandFeature;
import dev.allotment.core.internal.campaign.CampaignFeature;
import dev.allotment.core.internal.campaign.RunActionSaga;
import dev.allotment.core.internal.campaign.TenantWorks;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.database.TenantDatabaseViews;
import dev.allotment.core.internal.erasure.ErasureFeature;
import dev.allotment.core.internal.event.CommittedEvents;
import dev.allotment.core.internal.event.EventOutbox;
import dev.allotment.core.internal.export.ExportFeature;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.core.internal.feature.OperationFeature;
import dev.allotment.core.internal.fleet.ServerFeature;
import dev.allotment.core.internal.host.HostFeature;
import dev.allotment.core.internal.identity.IdentityFeature;
import dev.allotment.core.internal.maintenance.MaintenanceFeature;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.parameter.CatalogEpoch;
import dev.allotment.core.internal.parameter.InstallationId;
import dev.allotment.core.internal.reconciliation.ReconciliationFeature;
import dev.allotment.core.internal.reconciliation.RestoredCatalog;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.spare.SpareFeature;
import dev.allotment.core.internal.support.SupportFeature;
import dev.allotment.core.internal.team.TeamFeature;
import dev.allotment.core.internal.template.TemplateFeature;
import dev.allotment.core.internal.tenant.TenantBackupFeature;
import dev.allotment.core.internal.tenant.TenantFeature;
import dev.allotment.core.internal.tenant.configuration.ConfigurationFeature;
import dev.allotment.core.internal.tenant.creation.CreationFeature;
import dev.allotment.core.internal.tenant.life.LifeFeature;
import dev.allotment.core.internal.tenant.move.MoveFeature;
import dev.allotment.core.internal.usage.UsageFeature;
import dev.allotment.core.internal.webhook.WebhookFeature;
import dev.allotment.hook.SaasListener;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.core.SaasSettings;
import java.util.ArrayList;
import java.util.List;

/** Builds the features of the core, each after what it needs. */
final class CoreWiring {
    final Backend backend;
    final CatalogGuard catalogGuard;
    final CoreContext context;
    final InstallationId installationId;
    final DatabaseServers servers;
    final DatabaseNames names;
    final RestoredCatalog restoredCatalog;
    final SignIn signIn;
    final OperationFeature operations;
    final TenantDatabaseViews databaseViews;
    final AccountFeature accounts;
    final IdentityFeature identity;
    final TeamFeature teams;
    final BrandFeature brands;
    final TemplateFeature templates;
    final SpareFeature spares;
    final ExportFeature exports;
    final HostFeature hosts;
    final CommittedEvents events;
    final WebhookFeature webhooks;
    final AccessFeature access;
    final SupportFeature support;
    final ConfigurationFeature configuration;
    final MoveFeature move;
    final UsageFeature usage;
    final LifeFeature life;
    final PaymentFeature payments;
    final CreationFeature creation;
    final TenantFeature tenants;
    final TenantBackupFeature backups;
    final ServerFeature fleet;
    final ErasureFeature erasure;
    final CampaignFeature campaigns;
    final ReconciliationFeature reconciliation;
    final MaintenanceFeature maintenance;
    private final List<Feature> features = new ArrayList<>();

    CoreWiring(CoreSettings settings, Backend backend, AddonRegistry addons) {
        SaasSettings given = settings.given();
        SaasSettings.Node node = given.node();
        this.backend = backend;
        catalogGuard =
                new CatalogGuard(backend.catalog(), backend.capabilities().contains(Capability.SHARED), node.ticker());
        List<SaasListener> listeners = settings.listeners();
        context = CoreContext.of(catalogGuard, given, listeners);
        events = new CommittedEvents(context);
        EventOutbox outbox = new EventOutbox(context, listeners);
        SecretCipher cipher = new SecretCipher(given.secrets().keys(), settings.secretKeyIterations(), node.random());
        installationId = new InstallationId(context);
        servers = DatabaseServers.of(context, backend, installationId, cipher, catalogGuard, given);
        names = new DatabaseNames(context, servers, given.limits().nameRetention());
        CatalogEpoch epoch = new CatalogEpoch(context);
        restoredCatalog = new RestoredCatalog(context, servers, epoch, catalogGuard.timeline());
        signIn = SignIn.of(context, given);
        operations = add(OperationFeature.of(
                context,
                epoch,
                servers.health(),
                node.executor(),
                given.extensions().observers(),
                restoredCatalog::lookNow));
        OperationEngine engine = operations.engine();
        TenantContent content = TenantContent.of(context, servers, engine, addons, given);
        databaseViews = new TenantDatabaseViews(context, content, signIn);
        AccountFactors factors = new AccountFactors(context, cipher, signIn.throttle());
        PasskeyCeremonies passkeys =
                new PasskeyCeremonies(context, settings.passkeyVerifier(), content.secrets(), signIn.throttle());
        accounts = add(new AccountFeature(context, engine, content, signIn, factors, passkeys));
        identity = add(IdentityFeature.of(
                context,
                cipher,
                accounts,
                settings.openIdReader(),
                given.application().identityTargets(),
                settings.txtRecords()));
        brands = new BrandFeature(context, given.appearance());
        teams = new TeamFeature(context, content, signIn, accounts);
        templates = add(TemplateFeature.of(context, servers, engine, content, names));
        spares = add(SpareFeature.of(context, servers, engine, content, templates.copies()));
        BackupFeature archive =
                add(new BackupFeature(context, servers, engine, content, settings.backupStore(), cipher, given));
        exports = add(ExportFeature.of(context, servers, engine, content, archive.archive()));
        hosts = HostFeature.of(context, given.application().domainVerifier());
        webhooks = add(new WebhookFeature(
                context, events, catalogGuard, cipher, given.application().webhookTargets()));
        access = AccessFeature.of(context, content.databases(), signIn, hosts.tenantHosts());
        support = add(new SupportFeature(context, servers, content, hosts.tenantHosts()));
        configuration = add(new ConfigurationFeature(context, servers, engine, content, archive, given));
        move = add(MoveFeature.of(context, servers, engine, content, names, hosts.tenantHosts()));
        usage = add(new UsageFeature(context));
        life = add(LifeFeature.of(
                context,
                servers,
                operations,
                content,
                names,
                archive,
                configuration.migration(),
                restoredCatalog::lookNow));
        payments = add(new PaymentFeature(context, life, node.executor()));
        creation = add(CreationFeature.of(context, servers, engine, content, names, spares.sources(), archive, access));
        tenants = new TenantFeature(
                context, engine, hosts.tenantHosts(), names, creation.newTenants(), life, configuration, move);
        backups = add(TenantBackupFeature.of(context, servers, engine, content, archive, creation.newTenants()));
        fleet = add(new ServerFeature(context, servers, life.readings(), move.rebalancer()));
        erasure = add(new ErasureFeature(context, engine, life, signIn));
        RunActionSaga actions = new RunActionSaga(
                context, given.extensions().tenantActions(), actor -> new SaasView(this, actor, () -> {}));
        TenantWorks works = new TenantWorks(context, engine, content, configuration, actions, move.moving());
        campaigns = add(CampaignFeature.of(context, operations, servers, templates.versions(), archive, works));
        reconciliation = add(new ReconciliationFeature(
                context, catalogGuard, servers, engine, names, restoredCatalog, life.repair()));
        features.forEach(each -> operations.registry().add(each.sagas()));
        maintenance = new MaintenanceFeature(context, catalogGuard, servers, operations, outbox, signIn, features);
    }

    private <F extends Feature> F add(F feature) {
        features.add(feature);
        return feature;
    }
}

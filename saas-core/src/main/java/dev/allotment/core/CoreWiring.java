// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Member;
import dev.allotment.OperationKind;
import dev.allotment.Saas;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.internal.access.ActiveMembers;
import dev.allotment.core.internal.access.SignInLinks;
import dev.allotment.core.internal.addon.AddonInstallers;
import dev.allotment.core.internal.addon.AddonRegistry;
import dev.allotment.core.internal.addon.EmbedderHooks;
import dev.allotment.core.internal.addon.Neutralisation;
import dev.allotment.core.internal.authentication.ApiKeyAuthenticator;
import dev.allotment.core.internal.authentication.Authenticator;
import dev.allotment.core.internal.authentication.MasterPassword;
import dev.allotment.core.internal.authentication.Passwords;
import dev.allotment.core.internal.authentication.Place;
import dev.allotment.core.internal.authentication.SignInLimits;
import dev.allotment.core.internal.authentication.SignInThrottle;
import dev.allotment.core.internal.authentication.SignUpLimit;
import dev.allotment.core.internal.authentication.WeakPasswords;
import dev.allotment.core.internal.backup.BackupArchive;
import dev.allotment.core.internal.backup.BackupTidying;
import dev.allotment.core.internal.backup.DeleteBackupSaga;
import dev.allotment.core.internal.backup.DrillSaga;
import dev.allotment.core.internal.backup.DrillTurns;
import dev.allotment.core.internal.backup.DueBackups;
import dev.allotment.core.internal.backup.DueDrills;
import dev.allotment.core.internal.backup.DueKeys;
import dev.allotment.core.internal.backup.DumpArchive;
import dev.allotment.core.internal.backup.EncryptKeySaga;
import dev.allotment.core.internal.backup.MakeBackupSaga;
import dev.allotment.core.internal.backup.SafetyBackups;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CatalogGuard;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.GuardedCatalog;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.base.Throttle;
import dev.allotment.core.internal.base.UpkeepThreads;
import dev.allotment.core.internal.campaign.CampaignBackups;
import dev.allotment.core.internal.campaign.CampaignSaga;
import dev.allotment.core.internal.campaign.RunActionSaga;
import dev.allotment.core.internal.campaign.TenantWorks;
import dev.allotment.core.internal.campaign.VersionReport;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.database.Reconciliation;
import dev.allotment.core.internal.database.SchemaMigrations;
import dev.allotment.core.internal.database.TenantDatabaseViews;
import dev.allotment.core.internal.database.TenantDatabases;
import dev.allotment.core.internal.erasure.EraseCustomerSaga;
import dev.allotment.core.internal.event.EventLog;
import dev.allotment.core.internal.event.EventOutbox;
import dev.allotment.core.internal.export.ExportPlaces;
import dev.allotment.core.internal.export.ExportSaga;
import dev.allotment.core.internal.export.TenantWriter;
import dev.allotment.core.internal.file.ApplicationFiles;
import dev.allotment.core.internal.host.TenantHosts;
import dev.allotment.core.internal.maintenance.DueReadings;
import dev.allotment.core.internal.maintenance.ExpiredSecrets;
import dev.allotment.core.internal.maintenance.NodeReports;
import dev.allotment.core.internal.maintenance.OldRecords;
import dev.allotment.core.internal.maintenance.PartStatistics;
import dev.allotment.core.internal.maintenance.TenantChecks;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.name.NameCoolDown;
import dev.allotment.core.internal.operation.AbandonedOperations;
import dev.allotment.core.internal.operation.OfferedOperations;
import dev.allotment.core.internal.operation.OperationAwaiter;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationRecovery;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.operation.SagaRegistry;
import dev.allotment.core.internal.operation.SupersededOperations;
import dev.allotment.core.internal.parameter.CatalogEpoch;
import dev.allotment.core.internal.parameter.DerivedSecrets;
import dev.allotment.core.internal.parameter.InstallationId;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.reconciliation.ReconciliationUseCases;
import dev.allotment.core.internal.reconciliation.RepairEverythingSaga;
import dev.allotment.core.internal.reconciliation.Repairs;
import dev.allotment.core.internal.reconciliation.RestoredCatalog;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.server.BackendProviders;
import dev.allotment.core.internal.server.LeftReplications;
import dev.allotment.core.internal.server.Placement;
import dev.allotment.core.internal.server.ServerHealth;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.core.internal.server.ServerTidying;
import dev.allotment.core.internal.server.SessionBounds;
import dev.allotment.core.internal.spare.BuildSpareSaga;
import dev.allotment.core.internal.spare.ClaimStatistics;
import dev.allotment.core.internal.spare.DeleteSpareSaga;
import dev.allotment.core.internal.spare.SourceChoice;
import dev.allotment.core.internal.spare.WarmPool;
import dev.allotment.core.internal.template.AdoptTemplateSaga;
import dev.allotment.core.internal.template.BuildTemplateSaga;
import dev.allotment.core.internal.template.DeleteTemplateSaga;
import dev.allotment.core.internal.template.TemplateCopies;
import dev.allotment.core.internal.template.TemplateVersions;
import dev.allotment.core.internal.tenant.configuration.ConfigurationUseCases;
import dev.allotment.core.internal.tenant.configuration.ConfigureSaga;
import dev.allotment.core.internal.tenant.configuration.MigrateSaga;
import dev.allotment.core.internal.tenant.configuration.PlanSwitching;
import dev.allotment.core.internal.tenant.configuration.SwitchPlanSaga;
import dev.allotment.core.internal.tenant.configuration.TenantMigration;
import dev.allotment.core.internal.tenant.creation.AdoptTenantSaga;
import dev.allotment.core.internal.tenant.creation.CreateSaga;
import dev.allotment.core.internal.tenant.creation.NewTenants;
import dev.allotment.core.internal.tenant.life.DeleteSaga;
import dev.allotment.core.internal.tenant.life.RenameSaga;
import dev.allotment.core.internal.tenant.life.RepairSaga;
import dev.allotment.core.internal.tenant.life.RestoreSaga;
import dev.allotment.core.internal.tenant.life.RetainSaga;
import dev.allotment.core.internal.tenant.life.TenantChanges;
import dev.allotment.core.internal.tenant.life.TenantDeletion;
import dev.allotment.core.internal.tenant.life.TenantReadings;
import dev.allotment.core.internal.tenant.life.TenantRenaming;
import dev.allotment.core.internal.tenant.life.TenantRepair;
import dev.allotment.core.internal.tenant.life.TenantStates;
import dev.allotment.core.internal.tenant.life.UpdateSaga;
import dev.allotment.core.internal.tenant.move.MoveSaga;
import dev.allotment.core.internal.tenant.move.Rebalancer;
import dev.allotment.core.internal.tenant.move.TenantMoving;
import dev.allotment.core.internal.tenant.restore.RestoreInPlaceSaga;
import dev.allotment.core.internal.tenant.restore.SwapSaga;
import dev.allotment.core.internal.tenant.restore.TenantSwapping;
import dev.allotment.hook.Fix;
import dev.allotment.hook.SaasListener;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.core.SaasSettings;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Builds the object graph of the core: every class that serves all callers is created here once, after what it needs.
 */
final class CoreWiring {
    final Backend backend;
    final AddonRegistry addonRegistry;
    final Map<String, Fix> fixes;
    final CatalogGuard catalogGuard;
    final CoreContext context;
    final Passwords passwords;
    final Authenticator<User> accountAuthenticator;
    final Authenticator<Member> memberAuthenticator;
    final ApiKeyAuthenticator<User> accountKeys;
    final ApiKeyAuthenticator<Member> memberKeys;
    final MasterPassword masterPassword;
    final SignUpLimit signUpLimit;
    final MainParameters mainParameters;
    final InstallationId installationId;
    final DerivedSecrets derivedSecrets;
    final EventLog eventLog;
    final EventOutbox eventOutbox;
    final EmbedderHooks embedderHooks;
    final ApplicationFiles applicationFiles;
    final ServerRegistry serverRegistry;
    final ServerHealth serverHealth;
    final SessionBounds sessionBounds;
    final SignInThrottle signInThrottle;
    final PartStatistics partStatistics = new PartStatistics();
    final ServerTidying serverTidying;
    final LeftReplications leftReplications;
    final Placement placement;
    final DatabaseNames databaseNames;
    final NameCoolDown nameCoolDown;
    final OperationLeases operationLeases;
    final OperationAwaiter operationAwaiter;
    final OperationEngine operations;
    final AddonInstallers addonInstallers;
    final Neutralisation neutralisation;
    final TenantDatabases tenantDatabases;
    final ActiveMembers activeMembers;
    final SchemaMigrations schemaMigrations;
    final DatabaseSetup databaseSetup;
    final RestoredCatalog restoredCatalog;
    final Reconciliation reconciliation;
    final TenantDatabaseViews tenantDatabaseViews;
    final BuildTemplateSaga buildTemplateSaga;
    final AdoptTemplateSaga adoptTemplateSaga;
    final DeleteTemplateSaga deleteTemplateSaga;
    final TemplateCopies templateCopies;
    final TemplateVersions templateVersions;
    final SourceChoice sourceChoice;
    final ClaimStatistics claimStatistics;
    final BuildSpareSaga buildSpareSaga;
    final DeleteSpareSaga deleteSpareSaga;
    final WarmPool warmPool;
    final TenantHosts tenantHosts;
    final SignInLinks signInLinks;
    final TenantStates tenantStates;
    final BackupArchive backupArchive;
    final DumpArchive dumpArchive;
    final ExportPlaces exportPlaces = ExportPlaces.ofDatabases();
    final ExportPlaces downloadPlaces = ExportPlaces.ofDownloads();
    final TenantWriter tenantWriter;
    final ExportSaga exportSaga;
    final SecureRandom random;
    final BackupTidying backupTidying;
    final MakeBackupSaga makeBackupSaga;
    final SafetyBackups safetyBackups;
    final DueBackups dueBackups;
    final DeleteBackupSaga deleteBackupSaga;
    final EncryptKeySaga encryptKeySaga;
    final DueKeys dueKeys;
    final DrillTurns drillTurns;
    final DrillSaga drillSaga;
    final DueDrills dueDrills;
    final RestoreInPlaceSaga restoreInPlaceSaga;
    final CreateSaga createSaga;
    final AdoptTenantSaga adoptTenantSaga;
    final ConfigureSaga configureSaga;
    final MigrateSaga migrateSaga;
    final RunActionSaga runActionSaga;
    final CampaignSaga campaignSaga;
    final VersionReport versionReport;
    final RenameSaga renameSaga;
    final MoveSaga moveSaga;
    final UpdateSaga updateSaga;
    final SwitchPlanSaga switchPlanSaga;
    final RepairSaga repairSaga;
    final Repairs repairs;
    final RepairEverythingSaga repairEverythingSaga;
    final RetainSaga retainSaga;
    final RestoreSaga restoreSaga;
    final DeleteSaga deleteSaga;
    final EraseCustomerSaga eraseCustomerSaga;
    final NewTenants newTenants;
    final TenantMigration tenantMigration;
    final TenantRenaming tenantRenaming;
    final TenantMoving tenantMoving;
    final SwapSaga swapSaga;
    final TenantSwapping tenantSwapping;
    final Rebalancer rebalancer;
    final TenantChanges tenantChanges;
    final TenantReadings tenantReadings;
    final TenantDeletion tenantDeletion;
    final PlanSwitching planSwitching;
    final SagaRegistry sagaRegistry;
    final SupersededOperations supersededOperations;
    final AbandonedOperations abandonedOperations;
    final OperationRecovery operationRecovery;
    final TenantChecks tenantChecks;
    final DueReadings dueReadings;
    final ExpiredSecrets expiredSecrets;
    final OldRecords oldRecords;
    final NodeReports nodeReports;

    CoreWiring(CoreSettings settings, Backend backend, AddonRegistry addonRegistry) {
        SaasSettings given = settings.given();
        SaasSettings.Node node = given.node();
        SaasSettings.Limits limits = given.limits();
        this.backend = backend;
        this.addonRegistry = addonRegistry;
        this.fixes = Map.copyOf(given.extensions().fixes());
        List<SaasListener> listeners = settings.listeners();
        Secrets secrets = new Secrets(node.random());
        catalogGuard =
                new CatalogGuard(backend.catalog(), backend.capabilities().contains(Capability.SHARED), node.ticker());
        signInThrottle = new SignInThrottle(
                node.ticker(),
                new SignInLimits(limits.failedSignInsPerLogin(), limits.failedSignInsPerClientAddress()));
        UpkeepThreads upkeep = new UpkeepThreads();
        context = new CoreContext(
                new GuardedCatalog(catalogGuard, upkeep),
                upkeep,
                node.clock(),
                node.ticker(),
                secrets,
                node.name() == null ? secrets.uuid().toString() : node.name(),
                given.installation().mainDatabase());
        passwords = new Passwords(
                given.secrets().passwordIterations(),
                node.random(),
                new WeakPasswords(given.installation().mainDatabase()),
                given.secrets().passwordPolicy(),
                new Throttle(node.ticker(), Duration.ofMinutes(1)),
                2 * Math.min(Integer.MAX_VALUE / 2, limits.failedSignInsPerClientAddress()));
        accountAuthenticator = new Authenticator<>(passwords, secrets, signInThrottle, node.ticker());
        memberAuthenticator = new Authenticator<>(passwords, secrets, signInThrottle, node.ticker());
        accountKeys = new ApiKeyAuthenticator<>(context);
        memberKeys = new ApiKeyAuthenticator<>(context);
        masterPassword = new MasterPassword(
                context,
                passwords,
                new Authenticator<>(passwords, secrets, signInThrottle, node.ticker()),
                given.secrets().masterPassword());
        signUpLimit =
                new SignUpLimit(new Throttle(node.ticker(), Duration.ofHours(1)), limits.signUpsPerClientAddress());
        mainParameters = new MainParameters(context.catalog());
        installationId = new InstallationId(context);
        derivedSecrets = new DerivedSecrets(context);
        eventLog =
                new EventLog(context, listeners.stream().map(SaasListener::name).toList());
        eventOutbox = new EventOutbox(context, listeners);
        embedderHooks = EmbedderHooks.of(
                given.application().preDeletionBackup(),
                given.application().domainVerifier(),
                given.extensions().neutralisers(),
                given.application().schema());
        applicationFiles = new ApplicationFiles(given.application().files(), node.ticker());
        SecretCipher secretCipher =
                new SecretCipher(given.secrets().keys(), settings.secretKeyIterations(), node.random());
        serverRegistry = new ServerRegistry(
                context,
                backend,
                installationId,
                new BackendProviders(given.backends().providers()),
                secretCipher,
                catalogGuard);
        serverHealth = new ServerHealth(context, serverRegistry);
        sessionBounds = new SessionBounds(context, serverRegistry, serverHealth, eventLog);
        serverTidying = new ServerTidying(context, serverRegistry, serverHealth);
        leftReplications = new LeftReplications(context, serverRegistry, serverHealth);
        placement = new Placement(context, serverHealth, limits.databasesWarnAt(), limits.databasesMax());
        databaseNames = new DatabaseNames(context, serverRegistry, placement);
        nameCoolDown = new NameCoolDown(context, limits.nameRetention());
        CatalogEpoch catalogEpoch = new CatalogEpoch(context);
        restoredCatalog = new RestoredCatalog(
                context, serverRegistry, serverHealth, catalogEpoch, eventLog, catalogGuard.timeline());
        operationLeases = new OperationLeases(context, catalogEpoch);
        operationAwaiter = new OperationAwaiter(context, operationLeases);
        operations = new OperationEngine(
                context, operationLeases, operationAwaiter, node.executor(), restoredCatalog::lookNow);
        addonInstallers = new AddonInstallers(serverRegistry, addonRegistry);
        neutralisation = new Neutralisation(embedderHooks);
        activeMembers = new ActiveMembers(context::tick);
        tenantDatabases = new TenantDatabases(context, serverRegistry);
        schemaMigrations = new SchemaMigrations(context, serverRegistry, derivedSecrets, embedderHooks);
        databaseSetup = new DatabaseSetup(context, operationLeases, addonRegistry);
        reconciliation = new Reconciliation(context, serverRegistry);
        tenantDatabaseViews = new TenantDatabaseViews(
                context,
                tenantDatabases,
                passwords,
                memberAuthenticator,
                memberKeys,
                derivedSecrets,
                eventLog,
                addonRegistry,
                addonInstallers);
        buildTemplateSaga = new BuildTemplateSaga(
                context,
                serverRegistry,
                placement,
                eventLog,
                addonInstallers,
                schemaMigrations,
                databaseSetup,
                reconciliation);
        adoptTemplateSaga =
                new AdoptTemplateSaga(context, serverRegistry, placement, eventLog, databaseSetup, reconciliation);
        deleteTemplateSaga = new DeleteTemplateSaga(context, serverRegistry, placement, eventLog);
        templateCopies = new TemplateCopies(context, operations, operationAwaiter, buildTemplateSaga);
        templateVersions = new TemplateVersions(
                context,
                serverHealth,
                placement,
                operations,
                addonRegistry,
                schemaMigrations,
                buildTemplateSaga,
                deleteTemplateSaga);
        sourceChoice = new SourceChoice(serverRegistry, serverHealth, placement, templateCopies);
        claimStatistics = new ClaimStatistics();
        buildSpareSaga = new BuildSpareSaga(context, serverRegistry, placement, databaseSetup, reconciliation);
        deleteSpareSaga = new DeleteSpareSaga(context, serverRegistry, placement);
        warmPool = new WarmPool(
                context,
                serverRegistry,
                serverHealth,
                operationLeases,
                operations,
                templateCopies,
                sourceChoice,
                claimStatistics,
                buildSpareSaga,
                deleteSpareSaga);
        tenantHosts = new TenantHosts(context, mainParameters);
        signInLinks = new SignInLinks(context, tenantDatabases, tenantHosts);
        tenantStates = new TenantStates(context, serverRegistry, tenantDatabases, eventLog, applicationFiles);
        random = node.random();
        backupArchive = new BackupArchive(
                context, operationLeases, settings.backupStore(), secretCipher, applicationFiles, node.random());
        dumpArchive = new DumpArchive(context, operationLeases, derivedSecrets, applicationFiles);
        tenantWriter = new TenantWriter(context, serverRegistry, applicationFiles, Saas.version());
        exportSaga = new ExportSaga(context, tenantWriter, ExportPlaces.ofDatabases(), backupArchive, operationLeases);
        backupTidying = new BackupTidying(context, backupArchive);
        drillTurns = new DrillTurns(context, given.backups().drillsWithin());
        makeBackupSaga = new MakeBackupSaga(
                context,
                serverRegistry,
                backupArchive,
                drillTurns,
                eventLog,
                given.backups().kept(),
                Saas.version());
        safetyBackups =
                new SafetyBackups(backupArchive, makeBackupSaga, given.backups().beforeChanges());
        dueBackups = new DueBackups(context, serverHealth, operations, backupArchive, makeBackupSaga);
        deleteBackupSaga = new DeleteBackupSaga(context, backupArchive, eventLog);
        encryptKeySaga = new EncryptKeySaga(context, operationLeases, backupArchive);
        dueKeys = new DueKeys(context, operations, backupArchive, encryptKeySaga);
        drillSaga = new DrillSaga(context, serverRegistry, schemaMigrations, backupArchive, drillTurns, eventLog);
        dueDrills = new DueDrills(context, serverHealth, operations, backupArchive, drillSaga, drillTurns);
        restoreInPlaceSaga = new RestoreInPlaceSaga(
                context,
                serverRegistry,
                tenantDatabases,
                eventLog,
                addonInstallers,
                schemaMigrations,
                databaseSetup,
                derivedSecrets,
                reconciliation,
                backupArchive,
                makeBackupSaga,
                applicationFiles);
        createSaga = new CreateSaga(
                context,
                serverRegistry,
                serverHealth,
                placement,
                tenantDatabases,
                eventLog,
                addonInstallers,
                schemaMigrations,
                databaseNames,
                databaseSetup,
                reconciliation,
                neutralisation,
                templateCopies,
                claimStatistics,
                backupArchive,
                dumpArchive,
                applicationFiles,
                operationLeases);
        adoptTenantSaga = new AdoptTenantSaga(
                context,
                serverRegistry,
                placement,
                tenantDatabases,
                eventLog,
                databaseSetup,
                schemaMigrations,
                reconciliation);
        configureSaga = new ConfigureSaga(
                context,
                serverRegistry,
                tenantDatabases,
                eventLog,
                addonRegistry,
                addonInstallers,
                fixes,
                reconciliation,
                safetyBackups);
        renameSaga = new RenameSaga(context, serverRegistry, tenantDatabases, eventLog, nameCoolDown, reconciliation);
        updateSaga = new UpdateSaga(context, tenantDatabases, reconciliation, tenantStates);
        switchPlanSaga = new SwitchPlanSaga(context, tenantDatabases, eventLog, addonInstallers, reconciliation);
        repairSaga = new RepairSaga(context, serverRegistry, tenantDatabases, eventLog, reconciliation, tenantStates);
        repairs = new Repairs(
                context,
                serverRegistry,
                placement,
                eventLog,
                nameCoolDown,
                new TenantRepair(context, operations, eventLog, repairSaga));
        repairEverythingSaga = new RepairEverythingSaga(context, this::reconciliation);
        retainSaga = new RetainSaga(context, eventLog, reconciliation, tenantStates);
        restoreSaga = new RestoreSaga(context, tenantDatabases, eventLog, reconciliation, tenantStates);
        deleteSaga = new DeleteSaga(
                context,
                serverRegistry,
                placement,
                eventLog,
                embedderHooks,
                nameCoolDown,
                tenantStates,
                backupArchive,
                dueDrills,
                applicationFiles);
        eraseCustomerSaga = new EraseCustomerSaga(
                context, operations, eventLog, deleteSaga, this::tenantDeletion, this::forgetAccount);
        newTenants = new NewTenants(
                context,
                serverRegistry,
                placement,
                operations,
                passwords,
                databaseNames,
                addonRegistry,
                neutralisation,
                signInLinks,
                sourceChoice,
                dumpArchive,
                createSaga,
                adoptTenantSaga);
        migrateSaga = new MigrateSaga(
                context, serverRegistry, tenantDatabases, eventLog, schemaMigrations, reconciliation, safetyBackups);
        tenantMigration = new TenantMigration(context, operations, schemaMigrations, migrateSaga, safetyBackups);
        runActionSaga = new RunActionSaga(
                context, given.extensions().tenantActions(), actor -> new SaasView(this, actor, () -> {}));
        moveSaga = new MoveSaga(
                context, operationLeases, serverRegistry, placement, tenantDatabases, eventLog, reconciliation);
        tenantMoving =
                new TenantMoving(context, serverRegistry, placement, operations, databaseNames, tenantHosts, moveSaga);
        swapSaga = new SwapSaga(
                context,
                serverRegistry,
                tenantDatabases,
                eventLog,
                databaseSetup,
                derivedSecrets,
                reconciliation,
                applicationFiles);
        tenantSwapping = new TenantSwapping(context, serverRegistry, tenantDatabases, operations, swapSaga);
        rebalancer = new Rebalancer(context, serverRegistry);
        OfferedOperations offeredOperations =
                new OfferedOperations(context, operations, operationAwaiter, this::sagaRegistry, node.executor());
        planSwitching = new PlanSwitching(context, tenantDatabases, operations, addonRegistry, switchPlanSaga);
        campaignSaga = new CampaignSaga(
                context,
                operationLeases,
                operations,
                offeredOperations,
                templateVersions,
                new TenantWorks(
                        context,
                        operations,
                        addonRegistry,
                        tenantDatabases,
                        tenantMigration,
                        planSwitching,
                        configureSaga,
                        this::configuration,
                        runActionSaga,
                        tenantMoving),
                new CampaignBackups(context, serverRegistry, operations, backupArchive, makeBackupSaga),
                eventLog);
        versionReport = new VersionReport(schemaMigrations, addonRegistry);
        tenantRenaming = new TenantRenaming(context, operations, databaseNames, renameSaga);
        sagaRegistry = new SagaRegistry(sagas());
        abandonedOperations = new AbandonedOperations(context, sagaRegistry, eventLog, operationAwaiter);
        supersededOperations = new SupersededOperations(context, sagaRegistry);
        tenantChanges =
                new TenantChanges(context, operations, supersededOperations, eventLog, updateSaga, tenantMigration);
        tenantReadings = new TenantReadings(
                context,
                serverRegistry,
                sessionBounds,
                tenantDatabases,
                eventLog,
                tenantChanges,
                restoredCatalog::lookNow);
        tenantDeletion = new TenantDeletion(
                context,
                operations,
                supersededOperations,
                eventLog,
                retainSaga,
                restoreSaga,
                deleteSaga,
                tenantMigration);
        operationRecovery = new OperationRecovery(
                context, operationLeases, operations, sagaRegistry, offeredOperations, serverHealth, node.executor());
        tenantChecks = new TenantChecks(
                context,
                serverHealth,
                operations,
                supersededOperations,
                eventLog,
                updateSaga,
                tenantDeletion,
                tenantMigration);
        dueReadings = new DueReadings(context, serverHealth, tenantReadings);
        expiredSecrets = new ExpiredSecrets(context);
        oldRecords = new OldRecords(context, eventOutbox.listeners());
        nodeReports = new NodeReports(context, context.catalog(), Saas.version());
    }

    private TenantDeletion tenantDeletion() {
        return tenantDeletion;
    }

    private void forgetAccount(UserId account) {
        accountAuthenticator.forget(Place.MAIN, account.value());
        accountKeys.forget(SessionRows.MAIN, account.value());
    }

    ReconciliationUseCases reconciliation(Actor actor) {
        return new ReconciliationUseCases(
                context, serverRegistry, serverHealth, repairs, operations, repairEverythingSaga, actor);
    }

    ConfigurationUseCases configuration(Actor actor) {
        return new ConfigurationUseCases(
                context,
                operations,
                addonRegistry,
                addonInstallers,
                tenantDatabases,
                fixes,
                configureSaga,
                tenantMigration,
                safetyBackups,
                actor);
    }

    /** The campaigns need it before it is there, since it contains theirs. */
    private SagaRegistry sagaRegistry() {
        return sagaRegistry;
    }

    private Map<OperationKind, Saga<?>> sagas() {
        Map<OperationKind, Saga<?>> sagas = new EnumMap<>(OperationKind.class);
        sagas.put(OperationKind.CREATE_TENANT, createSaga);
        sagas.put(OperationKind.DUPLICATE_TENANT, createSaga);
        sagas.put(OperationKind.ADOPT_TENANT, adoptTenantSaga);
        sagas.put(OperationKind.CONFIGURE_TENANT, configureSaga);
        sagas.put(OperationKind.MIGRATE_TENANT, migrateSaga);
        sagas.put(OperationKind.CAMPAIGN, campaignSaga);
        sagas.put(OperationKind.RUN_TENANT_ACTION, runActionSaga);
        sagas.put(OperationKind.RENAME_TENANT, renameSaga);
        sagas.put(OperationKind.MOVE_TENANT, moveSaga);
        sagas.put(OperationKind.SWAP_TENANTS, swapSaga);
        sagas.put(OperationKind.SUSPEND_TENANT, updateSaga);
        sagas.put(OperationKind.RESUME_TENANT, updateSaga);
        sagas.put(OperationKind.UPDATE_TENANT, updateSaga);
        sagas.put(OperationKind.REPAIR_TENANT, repairSaga);
        sagas.put(OperationKind.REPAIR, repairEverythingSaga);
        sagas.put(OperationKind.SWITCH_PLAN, switchPlanSaga);
        sagas.put(OperationKind.RETAIN_TENANT, retainSaga);
        sagas.put(OperationKind.RESTORE_TENANT, restoreSaga);
        sagas.put(OperationKind.DELETE_TENANT, deleteSaga);
        sagas.put(OperationKind.BACK_UP_TENANT, makeBackupSaga);
        sagas.put(OperationKind.RESTORE_BACKUP, createSaga);
        sagas.put(OperationKind.RESTORE_IN_PLACE, restoreInPlaceSaga);
        sagas.put(OperationKind.DELETE_BACKUP, deleteBackupSaga);
        sagas.put(OperationKind.ENCRYPT_BACKUP_KEY, encryptKeySaga);
        sagas.put(OperationKind.DRILL_BACKUP, drillSaga);
        sagas.put(OperationKind.ERASE_CUSTOMER, eraseCustomerSaga);
        sagas.put(OperationKind.EXPORT_TENANT, exportSaga);
        sagas.put(OperationKind.BUILD_TEMPLATE, buildTemplateSaga);
        sagas.put(OperationKind.ADOPT_TEMPLATE, adoptTemplateSaga);
        sagas.put(OperationKind.DELETE_TEMPLATE, deleteTemplateSaga);
        sagas.put(OperationKind.BUILD_SPARE, buildSpareSaga);
        sagas.put(OperationKind.DELETE_SPARE, deleteSpareSaga);
        return sagas;
    }
}

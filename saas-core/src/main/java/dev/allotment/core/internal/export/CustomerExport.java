// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import static dev.allotment.core.internal.export.ExportArchive.row;

import dev.allotment.CustomDomain;
import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.TenantId;
import dev.allotment.Usage;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.billing.Payment;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.AttributeRules;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.event.Suspensions;
import dev.allotment.core.internal.operation.OperationUseCases;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.spi.backend.JsonText;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredApiKey;
import dev.allotment.spi.backend.StoredInvitation;
import dev.allotment.spi.backend.StoredMailDomain;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredSupportUse;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportAccessId;
import dev.allotment.support.SupportSetting;
import dev.allotment.team.TeamMember;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the catalog knows of a customer into a folder. Each page of records is read in its own transaction, which
 * ends before the page is written: a reader may be slow.
 */
final class CustomerExport {
    private static final String README = """
            This is an export of what the control plane knows of a customer, for this customer.

            manifest.json       whose export it is, when it was made, and how many records each file has
            customers.csv       the customer
            users.csv           its accounts, without their passwords
            api_keys.csv        the API keys of these accounts, without their secrets
            team_members.csv    who acts for it in which role, by the numbers of the accounts
            team_invitations.csv
                                invitations to its team, without their secrets
            mail_domains.csv    the mail domains that it has added, and since when they are verified
            support_accesses.csv, support_uses.csv
                                which operators requested access to its databases and why, what it answered, and when
                                they entered
            support_settings.csv
                                its standing answer to such requests
            tenants.csv         its databases, also deleted ones
            custom_domains.csv  the custom domains of its databases
            payments.csv        whether it has paid, as the payment system of the provider has reported
            usage.csv           what its databases used on each day
            operations.csv      what was done with its databases, and what its accounts have requested
            events.csv          what the audit log says about its accounts and databases
            tenants/            a folder for each of its databases, as the column "folder" of tenants.csv says; each has
                                a README.txt
            files.csv           the size and the SHA-256 of each file

            A database without a folder is deleted, soft-deleted or still being made. If an account that is limited to some
            databases made this export, the others are not listed. The files in this folder were read one after the
            other, and each database has the state of one moment. Not included: backups, passwords, secrets, sessions,
            and names and network addresses of people who act for the provider or for others, other than the names of
            operators in support_accesses.csv.

            CSV files are in UTF-8, separated by commas, and start with the names of the columns. Columns with several
            values have JSON. A spreadsheet may take a value that starts with =, +, - or @ for a formula: import all
            columns as text.
            """;

    /** Details of events that are about the provider: its people, servers and nodes. */
    private static final Set<String> INTERNAL = Set.of("requestedBy", "server", "sourceServer", "node", "remains");

    private static final Set<EventType> WITHOUT_DETAILS =
            Set.of(EventType.TENANT_MOVED, EventType.OPERATION_ABANDONED, EventType.ORPHAN_DROPPED);

    /** Separates a member from the name of its database in the audit log. */
    private static final String IN_TENANT = " in ";

    private final CoreContext context;
    private final Actor actor;
    private final Content content;
    private final ExportArchive.Folder folder;
    private final List<TenantId> tenants;
    private final Set<String> logins;
    private final Set<String> names;

    /**
     * What is exported.
     *
     * @param accounts that the actor may see
     * @param tenants that the actor may see, of any state
     * @param owned those whose events the actor may see
     * @param folders the names of the folders of those that are exported
     */
    record Content(
            Customer customer,
            List<User> accounts,
            List<StoredTenant> tenants,
            List<TenantId> owned,
            Map<TenantId, String> folders) {}

    CustomerExport(CoreContext context, Actor actor, Content content, ExportArchive.Folder folder) {
        this.context = context;
        this.actor = actor;
        this.content = content;
        this.folder = folder;
        this.tenants = content.tenants().stream().map(StoredTenant::id).toList();
        this.logins = content.accounts().stream().map(User::login).collect(Collectors.toSet());
        this.names = context.catalog().transact(tx -> names(tx, content.tenants()));
    }

    /** Includes former names: the audit log names a member with the name that its database had then. */
    private static Set<String> names(Transaction tx, List<StoredTenant> tenants) {
        Set<String> names = new HashSet<>();
        tenants.forEach(each -> names.add(each.name()));
        Filter<Event> renames = Filter.and(
                Filter.equal(Event.TYPE, EventType.TENANT_RENAMED),
                Filter.in(
                        Event.TENANT_ID, tenants.stream().map(StoredTenant::id).toList()));
        tx.records(RecordTypes.EVENTS).list(Query.where(renames)).stream()
                .map(each -> each.details().get("from"))
                .filter(Objects::nonNull)
                .forEach(names::add);
        return names;
    }

    void write() {
        folder.text("README.txt", README);
        customer();
        accounts();
        team();
        support();
        tenants();
        payments();
        history();
    }

    private void customer() {
        Customer customer = content.customer();
        table(
                RecordTypes.CUSTOMERS,
                "id,name,email,active,created_at,attributes",
                Filter.equal(Customer.ID, customer.id()),
                each -> row(
                        each.id(),
                        each.name(),
                        each.email(),
                        each.active(),
                        each.createdAt(),
                        json(AttributeRules.shown(actor, each.attributes()))));
    }

    private void accounts() {
        List<UserId> ids = accountIds();
        table(
                RecordTypes.USERS,
                "id,login,name,email,role,active,lang,tz,created_at,last_login_at",
                Filter.in(User.ID, ids),
                each -> row(
                        each.id(),
                        each.login(),
                        each.name(),
                        each.email(),
                        each.role(),
                        each.active(),
                        each.lang(),
                        each.tz(),
                        each.createdAt(),
                        each.lastLoginAt()));
        table(
                RecordTypes.API_KEYS,
                "id,account,name,scope,created_at,expires_at,last_used_at",
                Filter.and(
                        Filter.equal(StoredApiKey.DATABASE, SessionRows.MAIN),
                        Filter.in(
                                StoredApiKey.USER_ID,
                                ids.stream().map(UserId::value).toList()),
                        actor.limitedToTenants() ? Filter.equal(StoredApiKey.SCOPE, actor.scope()) : Filter.all()),
                each -> row(
                        each.id(),
                        each.userId(),
                        each.name(),
                        each.scope(),
                        each.createdAt(),
                        each.expiresAt(),
                        each.lastUsedAt()));
    }

    /** The other members appear by their numbers: their names and addresses are theirs. */
    private void team() {
        CustomerId customer = content.customer().id();
        table(
                RecordTypes.TEAM_MEMBERS,
                "account,role,tenants,since",
                Filter.equal(TeamMember.CUSTOMER_ID, customer),
                each -> row(each.userId(), each.role(), each.tenants(), each.since()));
        table(
                RecordTypes.TEAM_INVITATIONS,
                "email,role,tenants,state,invited_by,created_at,expires_at",
                Filter.equal(StoredInvitation.CUSTOMER_ID, customer),
                each -> row(
                        each.email(),
                        each.role(),
                        each.tenants(),
                        each.state(),
                        each.invitedBy(),
                        each.createdAt(),
                        each.expiresAt()));
        table(
                RecordTypes.MAIL_DOMAINS,
                "name,verified_at,missing_since,created_at",
                Filter.equal(StoredMailDomain.CUSTOMER_ID, customer),
                each -> row(each.name(), each.verifiedAt(), each.missingSince(), each.createdAt()));
    }

    /** The operators appear by the names that the customer has seen. */
    private void support() {
        CustomerId customer = content.customer().id();
        Filter<SupportAccess> seen = Filter.and(
                Filter.equal(SupportAccess.CUSTOMER_ID, customer), Filter.in(SupportAccess.TENANT_ID, tenants));
        List<SupportAccessId> accesses = context.catalog()
                .transact(tx -> tx.records(RecordTypes.SUPPORT_ACCESSES).values(SupportAccess.ID, Query.where(seen)));
        table(
                RecordTypes.SUPPORT_ACCESSES,
                "id,tenant,operator,right,member,reason,state,standing,requested_at,answered_by,answered_at,expires_at,"
                        + "ended_at",
                seen,
                each -> row(
                        each.id(),
                        each.tenantId(),
                        each.operatorName(),
                        each.right(),
                        each.member(),
                        each.reason(),
                        each.state(),
                        each.standing(),
                        each.requestedAt(),
                        each.answeredBy(),
                        each.answeredAt(),
                        each.expiresAt(),
                        each.endedAt()));
        table(
                RecordTypes.SUPPORT_USES,
                "id,access,member,opened_at,used_at,ended_at",
                Filter.and(
                        Filter.in(StoredSupportUse.ACCESS_ID, accesses),
                        Filter.notEqual(StoredSupportUse.OPENED_AT, null)),
                each -> row(
                        each.id(),
                        each.accessId(),
                        each.memberLogin(),
                        each.openedAt(),
                        each.usedAt(),
                        each.endedAt()));
        table(
                RecordTypes.SUPPORT_SETTINGS,
                "answer,hours,changed_by,changed_at",
                Filter.equal(SupportSetting.CUSTOMER_ID, customer),
                each -> row(each.answer(), each.hours(), each.changedBy(), each.changedAt()));
    }

    private List<UserId> accountIds() {
        return content.accounts().stream().map(User::id).toList();
    }

    private void tenants() {
        Map<PlanId, String> plans = context.catalog().transact(this::planNames);
        table(
                RecordTypes.TENANTS,
                "id,uuid,name,state,owner,plan,plan_version,trial,created_at,deleted_at,expires_at,max_users,"
                        + "storage_limit_mb,lang,tz,tags,attributes,folder",
                Filter.in(StoredTenant.ID, tenants),
                each -> row(
                        each.id(),
                        each.uuid(),
                        each.name(),
                        each.state(),
                        each.ownerId(),
                        plans.get(each.planId()),
                        each.planVersion(),
                        each.trial(),
                        each.createdAt(),
                        each.deletedAt(),
                        each.expiresAt(),
                        each.maxUsers(),
                        each.storageLimitMb(),
                        each.lang(),
                        each.tz(),
                        JsonText.write(each.tags()),
                        json(AttributeRules.shown(actor, each.attributes())),
                        content.folders().get(each.id())));
        table(
                RecordTypes.CUSTOM_DOMAINS,
                "tenant,host,verified_at",
                Filter.in(CustomDomain.TENANT_ID, tenants),
                each -> row(each.tenantId(), each.host(), each.verifiedAt()));
        table(
                RecordTypes.USAGE,
                "tenant,day,name,users,peak_users,database_bytes,peak_database_bytes,file_bytes,peak_file_bytes,"
                        + "backup_bytes,peak_backup_bytes,records",
                Filter.in(Usage.TENANT_ID, tenants),
                each -> row(
                        each.tenantId(),
                        each.day(),
                        each.name(),
                        each.users(),
                        each.peakUsers(),
                        each.databaseSizeBytes(),
                        each.peakDatabaseSizeBytes(),
                        each.fileSizeBytes(),
                        each.peakFileSizeBytes(),
                        each.backupSizeBytes(),
                        each.peakBackupSizeBytes(),
                        json(each.records())));
    }

    private void payments() {
        table(
                RecordTypes.PAYMENTS,
                "tenant,state,since,reference,pay_url,reported_at",
                Filter.and(
                        Filter.equal(Payment.CUSTOMER_ID, content.customer().id()),
                        Filter.or(Filter.equal(Payment.TENANT_ID, null), Filter.in(Payment.TENANT_ID, tenants))),
                each -> row(
                        each.tenantId(),
                        each.state(),
                        each.since(),
                        each.reference(),
                        each.payUrl(),
                        each.reportedAt()));
    }

    private Map<PlanId, String> planNames(Transaction tx) {
        Map<PlanId, String> names = new HashMap<>();
        Set<@Nullable PlanId> used = new HashSet<>();
        content.tenants().forEach(each -> used.add(each.planId()));
        tx.records(RecordTypes.PLANS)
                .list(Query.where(Filter.in(Plan.ID, used)))
                .forEach(each -> names.put(each.id(), each.name()));
        return names;
    }

    /** A caller that is limited to the customer does not see what its accounts do for others. */
    private void history() {
        table(
                RecordTypes.OPERATIONS,
                "id,kind,state,tenant,requested_by,client_address,created_at,updated_at",
                Filter.or(
                        Filter.in(StoredOperation.TENANT_ID, tenants),
                        actor.limitedToTenants()
                                ? Filter.none()
                                : Filter.or(content.accounts().stream()
                                        .map(OperationUseCases::startedBy)
                                        .toList())),
                each -> row(
                        each.id(),
                        each.kind(),
                        each.state(),
                        each.tenantId(),
                        who(each.startedBy()),
                        address(each.startedBy(), each.clientAddress()),
                        each.createdAt(),
                        each.updatedAt()));
        table(
                RecordTypes.EVENTS,
                "id,at,type,tenant,account,by,client_address,details",
                Filter.or(
                        Filter.in(Event.TENANT_ID, content.owned()),
                        actor.limitedToTenants() ? Filter.none() : Filter.in(Event.USER_ID, accountIds())),
                each -> row(
                        each.id(),
                        each.at(),
                        each.type(),
                        each.tenantId(),
                        each.userId(),
                        who(each.actor()),
                        address(each.actor(), each.clientAddress()),
                        json(details(each))));
    }

    /** The actor, unless it is a person who acts for others. */
    private String who(String login) {
        return isOwn(login) || login.equals(Actor.HOST_LOGIN) ? login : "provider";
    }

    private @Nullable String address(String login, @Nullable String clientAddress) {
        return isOwn(login) ? clientAddress : null;
    }

    private boolean isOwn(String login) {
        int in = login.lastIndexOf(IN_TENANT);
        return logins.contains(login) || (in >= 0 && names.contains(login.substring(in + IN_TENANT.length())));
    }

    private Map<String, String> details(Event event) {
        Map<String, String> shown = new HashMap<>();
        if (!WITHOUT_DETAILS.contains(event.type())) {
            shown.putAll(event.details());
            shown.keySet().removeAll(INTERNAL);
            if (!Suspensions.isShown(shown)) {
                shown.remove(Suspensions.REASON);
            }
        }
        return shown;
    }

    private static String json(Map<String, ?> values) {
        return values.isEmpty() ? "" : JsonText.write(new TreeMap<>(values));
    }

    private <R extends Record> void table(
            RecordType<R> type, String columns, Filter<R> filter, Function<R, List<String>> row) {
        folder.table(
                type,
                columns,
                filter,
                query -> context.catalog().transact(tx -> tx.records(type).list(query)),
                row);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.AddonStatus;
import dev.allotment.Customer;
import dev.allotment.Event;
import dev.allotment.Group;
import dev.allotment.Member;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.PlanVersion;
import dev.allotment.RecordQuota;
import dev.allotment.Server;
import dev.allotment.Template;
import dev.allotment.TenantAlias;
import dev.allotment.Usage;
import dev.allotment.User;
import java.util.List;

/** Everything that a backend stores. */
public final class RecordTypes {
    public static final RecordType<User> USERS =
            RecordType.of(User.class, "users").unique("login");
    public static final RecordType<Credential> CREDENTIALS =
            RecordType.of(Credential.class, "credentials").unique("userId");
    public static final RecordType<Customer> CUSTOMERS = RecordType.of(Customer.class, "customers");
    public static final RecordType<Plan> PLANS = RecordType.of(Plan.class, "plans");
    public static final RecordType<PlanVersion> PLAN_VERSIONS =
            RecordType.of(PlanVersion.class, "plan_versions").unique("planId", "number");
    public static final RecordType<Server> SERVERS =
            RecordType.of(Server.class, "servers").unique("name");
    public static final RecordType<ServerSecret> SERVER_SECRETS =
            RecordType.of(ServerSecret.class, "server_secrets").unique("serverId");
    public static final RecordType<Template> TEMPLATES =
            RecordType.of(Template.class, "templates").unique("name").unique("uuid");
    public static final RecordType<StoredTenant> TENANTS =
            RecordType.of(StoredTenant.class, "tenants").unique("uuid");
    public static final RecordType<TenantAlias> ALIASES =
            RecordType.of(TenantAlias.class, "aliases").unique("host");
    public static final RecordType<ReservedName> RESERVED_NAMES =
            RecordType.of(ReservedName.class, "reserved_names").unique("name");
    public static final RecordType<StoredOperation> OPERATIONS =
            RecordType.of(StoredOperation.class, "operations").unique("uuid").unique("idempotencyKey");
    public static final RecordType<AccessToken> ACCESS_TOKENS =
            RecordType.of(AccessToken.class, "access_tokens").unique("hash");
    public static final RecordType<AuthorizationCode> AUTHORIZATION_CODES =
            RecordType.of(AuthorizationCode.class, "authorization_codes").unique("hash");
    public static final RecordType<PasswordReset> PASSWORD_RESETS =
            RecordType.of(PasswordReset.class, "password_resets").unique("hash");
    public static final RecordType<StoredSession> SESSIONS =
            RecordType.of(StoredSession.class, "sessions").unique("hash");
    public static final RecordType<Event> EVENTS =
            RecordType.of(Event.class, "events").unique("uuid");
    public static final RecordType<Delivery> DELIVERIES =
            RecordType.of(Delivery.class, "deliveries").unique("eventId", "listener");
    public static final RecordType<Spare> SPARES =
            RecordType.of(Spare.class, "spares").unique("uuid").unique("name");
    public static final RecordType<Usage> USAGE =
            RecordType.of(Usage.class, "usage").unique("tenantId", "day");
    public static final RecordType<Parameter> PARAMETERS =
            RecordType.of(Parameter.class, "parameters").unique("key");

    public static final RecordType<Member> MEMBERS =
            RecordType.of(Member.class, "members").unique("login");
    public static final RecordType<Group> GROUPS =
            RecordType.of(Group.class, "groups").unique("xmlId");
    public static final RecordType<Membership> MEMBERSHIPS =
            RecordType.of(Membership.class, "memberships").unique("groupId", "memberId");
    public static final RecordType<AddonStatus> ADDONS =
            RecordType.of(AddonStatus.class, "addons").unique("name");
    public static final RecordType<RecordQuota> RECORD_QUOTAS =
            RecordType.of(RecordQuota.class, "record_limits").unique("model", "domain");
    public static final RecordType<AppliedOperation> APPLIED_OPERATIONS =
            RecordType.of(AppliedOperation.class, "applied_operations").unique("operation");

    /** Numbers the {@code %i} of DB Names templates. */
    public static final String TENANT_NUMBER = "tenant_number";

    private RecordTypes() {}

    /** What {@link Catalog} stores. */
    public static List<RecordType<?>> catalog() {
        return List.of(
                USERS,
                CREDENTIALS,
                CUSTOMERS,
                PLANS,
                PLAN_VERSIONS,
                SERVERS,
                SERVER_SECRETS,
                TEMPLATES,
                TENANTS,
                ALIASES,
                RESERVED_NAMES,
                OPERATIONS,
                ACCESS_TOKENS,
                AUTHORIZATION_CODES,
                PASSWORD_RESETS,
                SESSIONS,
                EVENTS,
                DELIVERIES,
                SPARES,
                USAGE,
                PARAMETERS);
    }

    /** What every client database stores. */
    public static List<RecordType<?>> database() {
        return List.of(
                MEMBERS, CREDENTIALS, GROUPS, MEMBERSHIPS, ADDONS, RECORD_QUOTAS, APPLIED_OPERATIONS, PARAMETERS);
    }

    /** The sequences of the catalog; client databases have none. */
    public static List<String> sequences() {
        return List.of(TENANT_NUMBER);
    }
}

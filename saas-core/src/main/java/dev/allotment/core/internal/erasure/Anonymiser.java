// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.erasure;

import dev.allotment.ApiKeyScope;
import dev.allotment.Customer;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.TenantAlias;
import dev.allotment.TenantId;
import dev.allotment.Usage;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.Pseudonyms;
import dev.allotment.core.internal.operation.OperationInputs;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How rows look that no longer name a customer. From rows about its accounts and tenants, only what cannot name a
 * person is kept. In all other rows, its addresses and the names of its databases are replaced. Immutable. Applied
 * twice, the second time changes nothing.
 */
final class Anonymiser {
    /** Details of events about its accounts and tenants that are kept: numbers, times, and names of the provider. */
    private static final Set<String> KEPT = Set.of(
            "plan",
            "notify",
            "install",
            "update",
            "uninstall",
            "suspended",
            "before",
            "neutralised",
            "expiresAt",
            "cause",
            "until",
            "account",
            "operation",
            "kind",
            "step",
            "node",
            "uuid",
            "server",
            "requestedAt",
            "verified",
            "verifiedAt",
            "backups",
            "findings",
            "finding",
            "bytes",
            "used",
            "limit",
            "count",
            "members",
            "error",
            "key",
            "scope",
            "expires",
            "replaces",
            "imported",
            "installed",
            "removed",
            "forced",
            "customer",
            "tenants");

    /** The types whose details {@code from} and {@code to} are numbers, times, or names of the provider. */
    private static final Set<EventType> CHANGES = Set.of(
            EventType.TENANT_EXTENDED,
            EventType.TENANT_MOVED,
            EventType.TENANT_MIGRATED,
            EventType.TENANT_PLAN_SWITCHED);

    /** The types whose detail {@code backup} is a text of the embedder. Others have the identity of a backup. */
    private static final Set<EventType> SAVED = Set.of(EventType.TENANT_BACKED_UP, EventType.TENANT_DELETED);

    private static final Set<OperationState> ENDED = Set.of(OperationState.DONE, OperationState.FAILED);

    /** The keys whose values are logins. */
    private static final Set<String> LOGINS = Set.of(OperationInputs.REQUESTED_BY, "user", "login");

    /** The keys whose values are names of databases of any customer. */
    private static final Set<String> NAMES = Set.of("source", "database", OperationInputs.SOURCE_NAME);

    private final ErasedCustomer customer;
    private final Map<String, UserId> logins = new HashMap<>();
    /** The administrators, and the embedder. */
    private final Set<String> provider = new HashSet<>();
    /** What takes the place of its addresses, in lower case. */
    private final Map<String, String> addresses = new HashMap<>();
    /** What takes the place of the names of its databases that no other customer has or had. */
    private final Map<String, String> names = new HashMap<>();

    private final @Nullable Pattern addressPattern;
    private final @Nullable Pattern namePattern;
    private final @Nullable Pattern wordPattern;

    Anonymiser(Transaction tx, ErasedCustomer customer) {
        this.customer = customer;
        tx.records(RecordTypes.CUSTOMERS)
                .find(customer.id().value())
                .map(Customer::email)
                .ifPresent(each -> addAddress(tx, each, Pseudonyms.TEXT));
        for (User each : customer.accounts().values()) {
            logins.put(each.login(), each.id());
            if (each.email() != null) {
                addAddress(tx, each.email(), Pseudonyms.account(each.id()));
            }
            addAddress(tx, each.login(), Pseudonyms.account(each.id()));
        }
        provider.add(Actor.HOST_LOGIN);
        tx.records(RecordTypes.USERS)
                .list(Query.where(Filter.equal(User.ROLE, Role.ADMINISTRATOR)))
                .forEach(each -> provider.add(each.login()));
        for (StoredTenant each : customer.tenants().values()) {
            List<TenantId> holders = tx.records(RecordTypes.TENANTS)
                    .values(StoredTenant.ID, Query.where(Filter.equal(StoredTenant.NAME, each.name())));
            if (customer.tenants().keySet().containsAll(holders)) {
                names.put(each.name(), Pseudonyms.tenant(each.id()));
            }
        }
        // The last condition distinguishes an address at example.com from one at example.com.au.
        String end = "(?![\\p{Alnum}_-])(?!\\.\\p{Alnum})";
        addressPattern = pattern("(?<![\\p{Alnum}._%+@-])", addresses.keySet(), end);
        namePattern = pattern("(?<=(?:atabase|enant) \")", names.keySet(), "(?=\")");
        wordPattern = pattern("(?<![\\p{Alnum}._-])", names.keySet(), end);
    }

    /** A customer may have entered the address of another person, whose traces must stay. */
    private void addAddress(Transaction tx, String address, String pseudonym) {
        String literal = address.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
        boolean another = tx
                .records(RecordTypes.USERS)
                .values(
                        User.ID,
                        Query.where(Filter.or(
                                Filter.likeIgnoringCase(User.LOGIN, literal),
                                Filter.likeIgnoringCase(User.EMAIL, literal))))
                .stream()
                .anyMatch(id -> !customer.accounts().containsKey(id));
        if (address.indexOf('@') > 0 && !another) {
            addresses.put(address.toLowerCase(Locale.ROOT), pseudonym);
        }
    }

    private static @Nullable Pattern pattern(String before, Set<String> words, String after) {
        return words.isEmpty()
                ? null
                : Pattern.compile(
                        words.stream()
                                .map(Pattern::quote)
                                .collect(Collectors.joining("|", before + "(?:", ")" + after)),
                        Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    Event event(Event event) {
        boolean own = isOwn(event.tenantId())
                || isOwn(event.userId())
                || ApiKeyScope.ofCustomer(customer.id())
                        .toString()
                        .equals(event.details().get("scope"));
        Map<String, String> details = new HashMap<>();
        event.details().forEach((key, value) -> details.put(key, own ? detail(event, key, value) : text(key, value)));
        return new Event(
                event.id(),
                event.uuid(),
                event.at(),
                event.type(),
                actor(event.actor(), own),
                address(event.actor(), event.clientAddress(), own),
                event.tenantId(),
                event.userId(),
                details);
    }

    private boolean isOwn(@Nullable TenantId tenant) {
        return tenant != null && customer.tenants().containsKey(tenant);
    }

    private boolean isOwn(@Nullable UserId account) {
        return account != null && customer.accounts().containsKey(account);
    }

    private String detail(Event event, String key, String value) {
        TenantId tenant = event.tenantId();
        UserId account = event.userId();
        if (key.equals("name") && tenant != null) {
            return Pseudonyms.tenant(tenant);
        }
        if (key.equals("login") && account != null) {
            return Pseudonyms.account(account);
        }
        if (key.equals(OperationInputs.REQUESTED_BY)) {
            return actor(value, true);
        }
        return isKept(event.type(), key) ? value : Pseudonyms.TEXT;
    }

    private static boolean isKept(EventType type, String key) {
        return switch (key) {
            case "from", "to" -> CHANGES.contains(type);
            case "backup" -> !SAVED.contains(type);
            default ->
                KEPT.contains(key)
                        || (type == EventType.TENANT_CHANGED && key.indexOf('.') > 0 && !key.startsWith("tags."));
        };
    }

    /** @param own whether the row is about the customer, so that each unknown person in it may be one of its people */
    private String actor(String login, boolean own) {
        UserId account = logins.get(login);
        if (account != null) {
            return Pseudonyms.account(account);
        }
        return !own ? text(login) : isNamed(login) ? login : Pseudonyms.TEXT;
    }

    private boolean isNamed(String login) {
        return provider.contains(login) || Pseudonyms.isAccount(login);
    }

    private @Nullable String address(String login, @Nullable String clientAddress, boolean own) {
        boolean theirs = own ? login.equals(Actor.HOST_LOGIN) || !provider.contains(login) : logins.containsKey(login);
        return theirs ? null : clientAddress;
    }

    /**
     * An operation that has not ended keeps what it needs to continue. None of these works on a tenant of the customer.
     */
    StoredOperation operation(StoredOperation operation) {
        if (!ENDED.contains(operation.state())) {
            return operation;
        }
        boolean own = isOwn(operation.tenantId()) || isCreation(operation) || isFailedCreation(operation);
        boolean theirs = own || logins.containsKey(operation.startedBy());
        String message = operation.errorMessage();
        return operation.toBuilder()
                .startedBy(actor(operation.startedBy(), own))
                .clientAddress(address(operation.startedBy(), operation.clientAddress(), own))
                .idempotencyKey(theirs ? null : operation.idempotencyKey())
                .fingerprint(theirs ? null : operation.fingerprint())
                .input(own ? Map.of() : texts(operation, operation.input()))
                .result(own ? Map.of() : texts(operation, operation.result()))
                .errorMessage(message == null ? null : own ? Pseudonyms.TEXT : text(message))
                .build();
    }

    private boolean isCreation(StoredOperation operation) {
        return operation.kind() == OperationKind.CREATE_CUSTOMER
                && customer.id().toString().equals(operation.result().get("customer"));
    }

    /** No record of the tenant is left that says whose it was to be. */
    private boolean isFailedCreation(StoredOperation operation) {
        return operation.state() == OperationState.FAILED
                && operation.tenantId() != null
                && customer.id().toString().equals(operation.input().get(OperationInputs.CUSTOMER));
    }

    Usage usage(Usage usage) {
        return !isOwn(usage.tenantId())
                ? usage
                : new Usage(
                        usage.id(),
                        usage.tenantId(),
                        usage.day(),
                        Pseudonyms.tenant(usage.tenantId()),
                        usage.customerId(),
                        usage.planId(),
                        usage.users(),
                        usage.peakUsers(),
                        usage.databaseSizeBytes(),
                        usage.peakDatabaseSizeBytes(),
                        usage.fileSizeBytes(),
                        usage.peakFileSizeBytes(),
                        usage.backupSizeBytes(),
                        usage.peakBackupSizeBytes(),
                        usage.records(),
                        usage.readAt());
    }

    TenantAlias alias(TenantAlias alias) {
        return new TenantAlias(
                alias.id(), alias.host(), alias.tenantId(), alias.verifiedAt(), actor(alias.addedBy(), false));
    }

    private Map<String, String> texts(StoredOperation operation, Map<String, String> values) {
        Map<String, String> texts = new HashMap<>();
        values.forEach((key, value) -> {
            String text = text(key, value);
            // Its filter names databases in any form.
            texts.put(key, operation.kind() == OperationKind.CAMPAIGN ? replace(wordPattern, text, names) : text);
        });
        return texts;
    }

    private String text(String key, String value) {
        UserId account = logins.get(value);
        if (account != null && LOGINS.contains(key)) {
            return Pseudonyms.account(account);
        }
        return NAMES.contains(key) ? names.getOrDefault(value, text(value)) : text(value);
    }

    private String text(String text) {
        return replace(namePattern, replace(addressPattern, text, addresses), names);
    }

    /** @param replacements by what they replace, in lower case */
    private static String replace(@Nullable Pattern pattern, String text, Map<String, String> replacements) {
        return pattern == null
                ? text
                : pattern.matcher(text)
                        .replaceAll(match -> Matcher.quoteReplacement(
                                replacements.getOrDefault(match.group().toLowerCase(Locale.ROOT), Pseudonyms.TEXT)));
    }
}

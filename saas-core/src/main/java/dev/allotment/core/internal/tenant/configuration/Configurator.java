// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.configuration;

import dev.allotment.ConfigurationChange;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.RecordQuota;
import dev.allotment.SaasException;
import dev.allotment.access.Group;
import dev.allotment.access.Member;
import dev.allotment.core.internal.addon.AddonInstaller;
import dev.allotment.core.internal.addon.AddonRegistry;
import dev.allotment.core.internal.addon.AddonRows;
import dev.allotment.core.internal.database.QuotaDomain;
import dev.allotment.core.internal.database.TenantParameters;
import dev.allotment.core.internal.parameter.ParameterRows;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.hook.Fix;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Membership;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Applies one configuration change in the transaction that it is given, in a fixed order of parts. */
public final class Configurator {

    private static final Pattern MODEL = Pattern.compile("[a-z][a-z0-9_]*(\\.[a-z0-9_]+)*");

    private static final int MAX_KEY = 256;
    private static final int MAX_VALUE = 100_000;
    /** The model is part of a unique key, and databases limit the size of keys. */
    private static final int MAX_DOMAIN = 1000;

    /** The change is stored with its operation, where escaping may make it six times as long. */
    private static final int MAX_REQUEST = 170_000;

    /** What was done. */
    record Outcome(
            List<String> installed,
            List<String> updated,
            List<String> uninstalled,
            List<String> unknownGroupsToGrant,
            List<String> unknownGroupsToRevoke) {
        Map<String, String> summary() {
            return Map.of(
                    "installed", String.join(",", installed),
                    "updated", String.join(",", updated),
                    "uninstalled", String.join(",", uninstalled),
                    "unknownGroupsToGrant", String.join(",", unknownGroupsToGrant),
                    "unknownGroupsToRevoke", String.join(",", unknownGroupsToRevoke));
        }
    }

    private final AddonRegistry addonRegistry;
    private final Map<String, Fix> fixes;
    private final ConfigurationChange change;
    private final String request;

    /**
     * Refuses an invalid change before anything is started.
     *
     * @throws SaasException {@code addon.unknown}, {@code configuration.invalid}
     */
    Configurator(AddonRegistry addonRegistry, Map<String, Fix> fixes, ConfigurationChange change) {
        this.addonRegistry = addonRegistry;
        this.fixes = fixes;
        this.change = change;
        if (change.refreshAddons()) {
            addonRegistry.refresh();
        }
        for (List<String> names : List.of(change.updateAddons(), change.installAddons(), change.uninstallAddons())) {
            names.forEach(addonRegistry::get);
        }
        for (String fix : change.fixes()) {
            if (!fixes.containsKey(fix)) {
                throw invalid("Fix " + TextRules.describe(fix) + " is not registered with this server.");
            }
        }
        change.parameters().forEach(Configurator::check);
        change.recordQuotas().forEach(Configurator::check);
        request = ConfigurationText.write(change);
        if (request.length() > MAX_REQUEST) {
            throw invalid("A configuration has at most " + MAX_REQUEST + " characters in total, found "
                    + request.length() + "; split it in two.");
        }
    }

    private static void check(ConfigurationChange.Setting setting) {
        String key = setting.key();
        if (key.isBlank() || key.length() > MAX_KEY || TextRules.hasControl(key)) {
            throw invalid("The key of a parameter has 1 to " + MAX_KEY + " printable characters; found "
                    + TextRules.describe(key) + ".");
        }
        if (setting.value().length() > MAX_VALUE || !TextRules.isStorable(setting.value())) {
            throw invalid("Parameter " + key + " must have at most " + MAX_VALUE + " characters, and no NUL; found "
                    + setting.value().length() + ".");
        }
        TenantParameters.check(key, setting.value());
    }

    private static void check(RecordQuota limit) {
        // The length first: a pattern with a repeated group needs a stack as deep as the text is long.
        if (limit.model().length() > MAX_KEY || !MODEL.matcher(limit.model()).matches()) {
            throw invalid("A model has a name such as sale.order; found " + TextRules.describe(limit.model()) + ".");
        }
        if (limit.domain().length() > MAX_DOMAIN || TextRules.hasControl(limit.domain())) {
            throw invalid("The domain of a record quota has at most " + MAX_DOMAIN + " printable characters; found "
                    + TextRules.describe(limit.domain()) + ".");
        }
        if (limit.maxRecords() < 0) {
            throw invalid("The record quota of " + limit.model() + " must not be negative; found " + limit.maxRecords()
                    + ".");
        }
        QuotaDomain.of(limit);
    }

    private static SaasException invalid(String message) {
        return SaasException.invalid(ErrorCodes.CONFIGURATION_INVALID, message);
    }

    /** @param installer for the kind of server that stores the database */
    Outcome apply(DatabaseTransaction tx, AddonInstaller installer) {
        if (change.refreshAddons()) {
            AddonRows.refresh(addonRegistry, tx);
        }
        List<String> installed = new ArrayList<>();
        List<String> updated = installer.update(tx, change.updateAddons(), installed);
        installed.addAll(installer.install(tx, change.installAddons()));
        List<String> uninstalled = installer.uninstall(tx, change.uninstallAddons());
        for (String name : change.fixes()) {
            Fix fix = fixes.get(name);
            if (fix != null) {
                fix.apply(tx);
            }
        }
        List<String> unknownToGrant = grant(tx);
        List<String> unknownToRevoke = revoke(tx);
        for (ConfigurationChange.Setting setting : change.parameters()) {
            ParameterRows.set(tx, setting.key(), setting.value(), setting.hidden());
        }
        change.modelsWithoutQuota().forEach(model -> unlimit(tx, model));
        change.recordQuotas().forEach(limit -> limit(tx, limit));
        return new Outcome(installed, updated, uninstalled, unknownToGrant, unknownToRevoke);
    }

    private List<String> grant(Transaction tx) {
        List<String> unknown = new ArrayList<>();
        Optional<Member> owner = MemberRows.owner(tx);
        for (String xmlId : change.grantOwner()) {
            Optional<Group> group = MemberRows.group(tx, xmlId);
            if (group.isEmpty()) {
                unknown.add(xmlId);
            } else {
                owner.ifPresent(member -> MemberRows.add(tx, group.get().id(), member.id()));
            }
        }
        return unknown;
    }

    private List<String> revoke(Transaction tx) {
        List<String> unknown = new ArrayList<>();
        Records<Membership> memberships = tx.records(RecordTypes.MEMBERSHIPS);
        for (String xmlId : change.revoke()) {
            Optional<Group> group = MemberRows.group(tx, xmlId);
            if (group.isEmpty()) {
                unknown.add(xmlId);
            } else {
                Filter<Membership> others = Filter.and(
                        Filter.equal(Membership.GROUP_ID, group.get().id()),
                        Filter.notEqual(Membership.MEMBER_ID, Member.ADMINISTRATOR));
                memberships.list(Query.where(others)).forEach(each -> memberships.delete(each.id()));
            }
        }
        return unknown;
    }

    private static void limit(Transaction tx, RecordQuota limit) {
        unlimit(tx, limit.model());
        tx.records(RecordTypes.RECORD_QUOTAS).insert(limit);
    }

    private static void unlimit(Transaction tx, String model) {
        Records<RecordQuota> limits = tx.records(RecordTypes.RECORD_QUOTAS);
        limits.list(Query.where(Filter.equal(RecordQuota.MODEL, model))).forEach(each -> limits.delete(each.id()));
    }

    /** Whether the tenant becomes a trial; empty if the change does not say so. */
    Optional<Boolean> trial() {
        return change.parameters().stream()
                .filter(setting -> setting.key().equals(Parameter.TRIAL))
                .reduce((first, last) -> last)
                .map(setting -> TenantParameters.isTrue(setting.value()));
    }

    /**
     * The operation's input. The audit log gets it without the change itself, which may contain secrets.
     *
     * @param placeTaken whether the tenant was already moved between trial and paid in the catalog
     * @param safety whether a backup is made before
     */
    ConfigureSaga.Input input(boolean placeTaken, boolean safety) {
        return new ConfigureSaga.Input(
                String.join(",", change.installAddons()),
                String.join(",", change.updateAddons()),
                String.join(",", change.uninstallAddons()),
                request,
                suspended(),
                trial().orElse(null),
                placeTaken,
                safety);
    }

    /** Whether the tenant is to be suspended; null if the change does not say so. */
    @Nullable
    Boolean suspended() {
        String suspended = parameters().get(Parameter.SUSPENDED);
        return suspended == null ? null : (Boolean) suspended.equals("1");
    }

    /** Whether it may change or delete data of add-ons. */
    boolean changesAddons() {
        return !change.updateAddons().isEmpty() || !change.uninstallAddons().isEmpty();
    }

    /** The parameters after this change, as far as it sets them. */
    Map<String, String> parameters() {
        Map<String, String> parameters = new HashMap<>();
        change.parameters().forEach(setting -> parameters.put(setting.key(), setting.value()));
        return parameters;
    }
}

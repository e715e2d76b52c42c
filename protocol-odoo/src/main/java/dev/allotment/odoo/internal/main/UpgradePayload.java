// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.ConfigurationChange;
import dev.allotment.ConfigurationResult;
import dev.allotment.RecordQuota;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.value.OdooJson;
import dev.allotment.odoo.internal.value.PythonText;
import dev.allotment.odoo.internal.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The payload of {@code do_upgrade_database}. Unknown keys are refused, since a misspelt key would otherwise be
 * ignored silently.
 *
 * @param change the payload in the terms of the control plane
 */
record UpgradePayload(ConfigurationChange change) {
    private static final String GRANT = "access_owner_add";
    private static final String REVOKE = "access_remove";
    /** The predecessor's spelling. */
    private static final String LIMITS_MISSPELT = "limit_nuber_of_records";

    private static final String LIMITS = "limit_number_of_records";
    private static final Set<String> KEYS = new TreeSet<>(Set.of(
            "update_addons_list",
            "update_addons",
            "install_addons",
            "uninstall_addons",
            "fixes",
            GRANT,
            REVOKE,
            "params",
            LIMITS_MISSPELT,
            LIMITS));

    /**
     * Reads a payload.
     *
     * @throws OdooFault REQUEST if it is not a struct, VALIDATION if something in it is wrong
     */
    static UpgradePayload of(Value sent) {
        Map<String, Object> payload = sent.struct();
        known(payload, KEYS, "the payload");
        List<String> withoutLimit = new ArrayList<>();
        List<RecordQuota> limits = new ArrayList<>(limits(payload, LIMITS_MISSPELT, withoutLimit));
        limits.addAll(limits(payload, LIMITS, withoutLimit));
        return new UpgradePayload(new ConfigurationChange(
                part(payload, "update_addons_list").flag(),
                part(payload, "update_addons").texts(),
                part(payload, "install_addons").texts(),
                part(payload, "uninstall_addons").texts(),
                fixes(payload),
                part(payload, GRANT).texts(),
                part(payload, REVOKE).texts(),
                settings(payload),
                withoutLimit,
                limits));
    }

    /** Returns the predecessor's JSON text: for the keys that were sent, the groups that do not exist. */
    String resultText(ConfigurationResult applied) {
        Map<String, Object> result = new LinkedHashMap<>();
        if (applied.tenant().ownerId() == null) {
            result.put("owner_id", "Owner's user is not found");
        } else if (!change.grantOwner().isEmpty()) {
            result.put(GRANT, unknown(applied.unknownGroupsToGrant()));
        }
        if (!change.revoke().isEmpty()) {
            result.put(REVOKE, unknown(applied.unknownGroupsToRevoke()));
        }
        return OdooJson.write(Map.of(applied.tenant().name(), result));
    }

    static List<String> unknown(List<String> groups) {
        return groups.stream().map(group -> "group not found: " + group).toList();
    }

    /**
     * Returns the names under which the embedder registered the fixes. The predecessor's pair of model and method
     * becomes one such name.
     */
    private static List<String> fixes(Map<String, Object> payload) {
        List<String> names = new ArrayList<>();
        for (Object each : part(payload, "fixes").list()) {
            Value fix = value("each of fixes in the payload", each);
            names.add(each instanceof List<?> ? String.join(".", fix.texts()) : fix.text());
        }
        return names;
    }

    private static List<ConfigurationChange.Setting> settings(Map<String, Object> payload) {
        List<ConfigurationChange.Setting> settings = new ArrayList<>();
        for (Object each : part(payload, "params").list()) {
            Map<String, Object> setting =
                    struct(each, "each of params in the payload", Set.of("key", "value", "hidden"));
            settings.add(new ConfigurationChange.Setting(
                    value("key of params in the payload", setting.get("key")).text(),
                    value("value of params in the payload", setting.get("value"))
                            .scalarText(),
                    value("hidden of params in the payload", setting.get("hidden"))
                            .flag()));
        }
        return settings;
    }

    /** @param withoutLimit collects the models whose limit the payload removes */
    private static List<RecordQuota> limits(Map<String, Object> payload, String key, List<String> withoutLimit) {
        String where = " of " + key + " in the payload";
        List<RecordQuota> limits = new ArrayList<>();
        for (Object each : part(payload, key).list()) {
            Map<String, Object> limit =
                    struct(each, "each" + where, new TreeSet<>(Set.of("model", "max_records", "domain")));
            if (!limit.containsKey("max_records")) {
                throw new OdooFault(OdooFault.Kind.VALIDATION, "max_records" + where + " is missing.");
            }
            String model = value("model" + where, limit.get("model")).text();
            Value max = value("max_records" + where, limit.get("max_records"));
            if (max.absent()) {
                withoutLimit.add(model);
            } else {
                limits.add(
                        new RecordQuota(0, model, domain(value("domain" + where, limit.get("domain"))), max.integer()));
            }
        }
        return limits;
    }

    private static String domain(Value sent) {
        if (sent.absent() || "".equals(sent.raw())) {
            return "[]";
        }
        return sent.raw() instanceof List<?> list ? PythonText.of(list) : sent.text();
    }

    private static Map<String, Object> struct(Object each, String what, Set<String> keys) {
        Value value = value(what, each);
        if (!(each instanceof Map<?, ?>)) {
            throw value.wrong("a struct of " + String.join(", ", new TreeSet<>(keys)));
        }
        Map<String, Object> struct = value.struct();
        known(struct, keys, what);
        return struct;
    }

    private static void known(Map<String, Object> struct, Set<String> keys, String what) {
        for (String key : struct.keySet()) {
            if (!keys.contains(key)) {
                throw new OdooFault(
                        OdooFault.Kind.VALIDATION,
                        "Unknown key " + PythonText.abbreviated(key) + " in " + what + ". Known keys are "
                                + String.join(", ", new TreeSet<>(keys)) + ".");
            }
        }
    }

    private static Value part(Map<String, Object> payload, String key) {
        return value(key + " in the payload", payload.get(key));
    }

    private static Value value(String what, @Nullable Object raw) {
        return new Value(OdooFault.Kind.VALIDATION, what, raw);
    }
}

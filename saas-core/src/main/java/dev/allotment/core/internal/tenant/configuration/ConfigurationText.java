// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.configuration;

import dev.allotment.ConfigurationChange;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.JsonText;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * A configuration change as text, so that a node that takes its operation over can apply it: a JSON list of words, each
 * followed by its values.
 *
 * <p>The text lives only as long as its operation runs. So a text of another version is refused, and the operation is
 * undone.
 */
final class ConfigurationText {
    private static final String REFRESH = "list";
    private static final String UPDATE = "update";
    private static final String INSTALL = "install";
    private static final String UNINSTALL = "uninstall";
    private static final String FIX = "fix";
    private static final String GRANT = "grant";
    private static final String REVOKE = "revoke";
    private static final String PARAMETER = "param";
    private static final String HIDDEN = "hidden";
    private static final String REMOVE_QUOTAS = "unlimit";
    private static final String QUOTA = "limit";

    private ConfigurationText() {}

    static String write(ConfigurationChange change) {
        List<String> words = new ArrayList<>();
        if (change.refreshAddons()) {
            words.add(REFRESH);
        }
        change.updateAddons().forEach(each -> words.addAll(List.of(UPDATE, each)));
        change.installAddons().forEach(each -> words.addAll(List.of(INSTALL, each)));
        change.uninstallAddons().forEach(each -> words.addAll(List.of(UNINSTALL, each)));
        change.fixes().forEach(each -> words.addAll(List.of(FIX, each)));
        change.grantOwner().forEach(each -> words.addAll(List.of(GRANT, each)));
        change.revoke().forEach(each -> words.addAll(List.of(REVOKE, each)));
        change.parameters()
                .forEach(each -> words.addAll(List.of(each.hidden() ? HIDDEN : PARAMETER, each.key(), each.value())));
        change.modelsWithoutQuota().forEach(each -> words.addAll(List.of(REMOVE_QUOTAS, each)));
        change.recordQuotas()
                .forEach(each ->
                        words.addAll(List.of(QUOTA, each.model(), Integer.toString(each.maxRecords()), each.domain())));
        return JsonText.write(words);
    }

    /** @throws SaasException {@code operation.failed} if another version wrote the text */
    static ConfigurationChange read(String text) {
        ConfigurationChange.Builder change = ConfigurationChange.builder();
        try {
            Iterator<String> words = JsonText.readList(text).iterator();
            while (words.hasNext()) {
                read(change, words.next(), words);
            }
        } catch (SaasException | NoSuchElementException | IllegalArgumentException e) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.OPERATION_FAILED,
                    "This configuration change was started by another version of the control plane, and this version"
                            + " cannot read it. Nothing was changed; request the change again.",
                    Map.of(),
                    false,
                    e);
        }
        return change.build();
    }

    private static void read(ConfigurationChange.Builder change, String word, Iterator<String> values) {
        switch (word) {
            case REFRESH -> change.refreshAddons();
            case UPDATE -> change.update(values.next());
            case INSTALL -> change.install(values.next());
            case UNINSTALL -> change.uninstall(values.next());
            case FIX -> change.fix(values.next());
            case GRANT -> change.grantOwner(values.next());
            case REVOKE -> change.revoke(values.next());
            case PARAMETER -> change.parameter(values.next(), values.next());
            case HIDDEN -> change.hiddenParameter(values.next(), values.next());
            case REMOVE_QUOTAS -> change.removeRecordQuotas(values.next());
            case QUOTA -> change.recordQuota(values.next(), Integer.parseInt(values.next()), values.next());
            default -> throw new IllegalArgumentException("A configuration change has no part " + word);
        }
    }
}

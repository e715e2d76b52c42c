// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.fleet.Finding;
import dev.allotment.fleet.ReconciliationReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shows what a check of the catalog against the database servers found. */
final class ReconciliationText {
    private ReconciliationText() {}

    static Map<String, Object> report(List<ReconciliationReport> reports) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put(
                "servers",
                reports.stream().mapToInt(ReconciliationReport::servers).sum());
        values.put(
                "databases",
                reports.stream().mapToLong(ReconciliationReport::databases).sum());
        values.put(
                "findings",
                reports.stream()
                        .flatMap(each -> each.findings().stream())
                        .map(ReconciliationText::finding)
                        .toList());
        return values;
    }

    private static Map<String, Object> finding(Finding finding) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("code", finding.code().code());
        values.put(
                "server_id",
                finding.serverId() == null ? false : finding.serverId().value());
        values.put("database", finding.database() == null ? false : finding.database());
        values.put("uuid", finding.uuid() == null ? false : finding.uuid().toString());
        values.put(
                "client_id",
                finding.tenantId() == null ? false : finding.tenantId().value());
        values.put("message", finding.message());
        values.put("automatic", finding.automatic());
        values.put("remedy", finding.remedy());
        return values;
    }
}

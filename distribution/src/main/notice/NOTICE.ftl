<#-- Called by license-maven-plugin with the libraries and their licences. -->
Allotment
Copyright 2026 The maintainers of Allotment

The folder lib has these libraries, unchanged. Each jar contains the notices of its authors.

<#list dependencyMap as entry>
${entry.getKey().groupId}:${entry.getKey().artifactId} ${entry.getKey().version}
    ${(entry.getKey().name)!""}<#if (entry.getKey().url)??>, ${entry.getKey().url}</#if>
    <#list entry.getValue() as licence>${licence}<#if licence_has_next>, or </#if></#list>
</#list>

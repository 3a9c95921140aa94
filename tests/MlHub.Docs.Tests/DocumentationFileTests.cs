using System.Reflection;
using System.Xml.Linq;
using MlHub.Sdk;

namespace MlHub.Docs.Tests;

/// <summary>The XML file beside the SDK, which editors show (eng/package/PublicDocumentation.targets).</summary>
public sealed class DocumentationFileTests
{
    private const BindingFlags OfUsers = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly XElement[] Members = [.. XDocument.Load(Path.ChangeExtension(typeof(MlHubClient).Assembly.Location, "xml")).Descendants("member")];
    private static readonly HashSet<string> Documented = [.. Members.Select(member => member.Attribute("name")!.Value)];

    [Fact]
    public void It_has_all_public_types_properties_and_methods()
    {
        var missing =
            from type in typeof(MlHubClient).Assembly.GetExportedTypes()
            let name = type.FullName!.Replace('+', '.')
            from member in type.GetProperties(OfUsers).Where(property => property.GetIndexParameters().Length == 0).Select(property => $"P:{name}.{property.Name}")
                .Concat(type.GetMethods(OfUsers).Where(method => method.Name.EndsWith("Async", StringComparison.Ordinal)).Select(method => $"M:{name}.{method.Name}("))
                .Prepend($"T:{name}")
            where !Documented.Any(documented => member.EndsWith('(') ? documented.StartsWith(member, StringComparison.Ordinal) : documented == member)
            select member;

        Assert.Empty(missing);
    }

    [Fact]
    public void It_cites_no_manual_because_users_have_none() =>
        Assert.DoesNotContain(Members, member => member.Value.Contains("manual", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void It_has_no_internal_types()
    {
        var visible = typeof(MlHubClient).Assembly.GetExportedTypes().Select(type => $"T:{type.FullName!.Replace('+', '.')}").ToHashSet();

        Assert.Empty(Documented.Where(member => member.StartsWith("T:", StringComparison.Ordinal)).Except(visible));
        Assert.DoesNotContain("M:MlHub.Sdk.MlHubClientOptions.Copy", Documented);
    }
}

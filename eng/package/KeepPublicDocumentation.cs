using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Mono.Cecil;
using Mono.Cecil.Rocks;

/// <summary>Removes from a documentation file what is about members that users of the assembly cannot see.</summary>
public sealed class KeepPublicDocumentation : Task
{
    /// <summary>The compiled assembly.</summary>
    [Required]
    public string Assembly { get; set; }

    /// <summary>Its documentation file, which is changed.</summary>
    [Required]
    public string Documentation { get; set; }

    public override bool Execute()
    {
        using (var module = ModuleDefinition.ReadModule(new MemoryStream(File.ReadAllBytes(Assembly))))
        {
            var visible = new HashSet<string>(module.GetAllTypes().Where(IsVisible).SelectMany(MembersOf).Select(DocCommentId.GetDocCommentId));
            var document = XDocument.Load(Documentation, LoadOptions.PreserveWhitespace);
            foreach (var member in document.Descendants("member").Where(member => !visible.Contains((string)member.Attribute("name"))).ToList())
            {
                // With its line.
                if (member.PreviousNode is XText space)
                {
                    space.Remove();
                }

                member.Remove();
            }

            document.Save(Documentation, SaveOptions.DisableFormatting);
        }

        return true;
    }

    private static bool IsVisible(TypeDefinition type) =>
        type.DeclaringType == null ? type.IsPublic : (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamilyOrAssembly) && IsVisible(type.DeclaringType);

    private static IEnumerable<IMemberDefinition> MembersOf(TypeDefinition type) =>
        new IMemberDefinition[] { type }
            .Concat(type.Fields.Where(field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly))
            .Concat(type.Methods.Where(IsVisible))
            .Concat(type.Properties.Where(property => IsVisible(property.GetMethod) || IsVisible(property.SetMethod)))
            .Concat(type.Events.Where(@event => IsVisible(@event.AddMethod)));

    private static bool IsVisible(MethodDefinition method) => method != null && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);
}

using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Mono.Cecil;

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
            var visible = new HashSet<string>(module.Types.SelectMany(WithNested).Where(IsVisible).SelectMany(NamesOf));
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

    private static IEnumerable<TypeDefinition> WithNested(TypeDefinition type) => type.NestedTypes.SelectMany(WithNested).Prepend(type);

    // The names that the compiler gives to members (C# standard, annex D.4.2).
    private static IEnumerable<string> NamesOf(TypeDefinition type)
    {
        var name = NameOf(type);
        return type.Fields.Where(field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly).Select(field => $"F:{name}.{field.Name}")
            .Concat(type.Methods.Where(IsVisible).Select(method => $"M:{name}.{NameOf(method)}"))
            .Concat(type.Properties.Where(property => IsVisible(property.GetMethod) || IsVisible(property.SetMethod)).Select(property => $"P:{name}.{property.Name}{ParametersOf(property.Parameters)}"))
            .Concat(type.Events.Where(@event => IsVisible(@event.AddMethod)).Select(@event => $"E:{name}.{@event.Name}"))
            .Prepend($"T:{name}");
    }

    private static string NameOf(MethodDefinition method) =>
        method.Name.Replace('.', '#') + (method.HasGenericParameters ? $"``{method.GenericParameters.Count}" : "") + ParametersOf(method.Parameters)
        + (method.Name == "op_Implicit" || method.Name == "op_Explicit" ? $"~{NameOf(method.ReturnType)}" : "");

    private static string ParametersOf(IEnumerable<ParameterDefinition> parameters) =>
        parameters.Any() ? $"({string.Join(",", parameters.Select(parameter => NameOf(parameter.ParameterType)))})" : "";

    private static string NameOf(TypeReference type)
    {
        switch (type)
        {
            case GenericParameter parameter:
                return (parameter.Owner is MethodReference ? "``" : "`") + parameter.Position;
            case GenericInstanceType generic:
                var name = NameOf(generic.ElementType);
                return $"{name.Substring(0, name.LastIndexOf('`'))}{{{string.Join(",", generic.GenericArguments.Select(NameOf))}}}";
            case ArrayType array:
                return NameOf(array.ElementType) + "[]";
            case ByReferenceType reference:
                return NameOf(reference.ElementType) + "@";
            case IModifierType modified:
                return NameOf(modified.ElementType);
            default:
                return type.FullName.Replace('/', '.');
        }
    }

    private static bool IsVisible(MethodDefinition method) => method != null && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);
}

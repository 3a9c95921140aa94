using System.Collections;
using System.Reflection;
using System.Text.Json;

namespace MlHub.Sdk.Tests.Stac;

internal static class EveryProperty
{
    /// <summary>Reads every property of an entity, and every property of what it returns.</summary>
    public static void Read(object? thing)
    {
        switch (thing)
        {
            case null or string or JsonElement or MlHubClient or NetTopologySuite.Geometries.Geometry:
                break;
            case IEnumerable things:
                foreach (var one in things)
                {
                    Read(one);
                }

                break;
            case var entity when entity.GetType().Namespace is "MlHub.Sdk" or "System.Collections.Generic":
                foreach (var property in entity.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.GetIndexParameters().Length == 0))
                {
                    Read(property.GetValue(entity));
                }

                break;
        }
    }
}

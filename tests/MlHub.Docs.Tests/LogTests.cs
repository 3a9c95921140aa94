using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MlHub.Sdk;
using MlHub.Server;

namespace MlHub.Docs.Tests;

/// <summary>Log queries and alerts of users refer to event ids, so an id keeps its meaning and docs/telemetry.md lists every one.</summary>
public sealed class LogTests
{
    [Fact]
    public void The_page_about_telemetry_lists_every_event_with_its_level_and_message()
    {
        var events = new[] { typeof(MlHubClient).Assembly, typeof(MlHubClientServiceCollectionExtensions).Assembly, typeof(MlHubServer).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => (Method: method, Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(log => log.Message is not null)
            .OrderBy(log => log.Message!.EventId)
            .Select(log => $"| {log.Message!.EventId} | `{log.Message.EventName ?? log.Method.Name}` | {log.Message.Level} | {log.Message.Message} |")
            .ToArray();

        var listed = Pages.All.Single(page => page.Name == "docs/telemetry.md").Text.Split('\n').Where(line => line.Length > 2 && line[0] == '|' && char.IsAsciiDigit(line[2]));

        Assert.Equal(string.Join('\n', events), string.Join('\n', listed));
        Assert.Equal(events.Length, events.Select(line => line.Split(' ')[1]).Distinct().Count());
    }
}

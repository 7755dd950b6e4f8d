using Microsoft.Extensions.DependencyInjection;
using Orleans.GrainDirectory;
using Orleans.Messaging;
using Orleans.TestingHost;

namespace Sessions.Orleans.Tests;

/// <summary>Takes from a test cluster what it keeps in this process, so that silos and clients use what they are configured with.</summary>
internal static class DatabaseMembership
{
    public static void KeepInDatabase(this InProcessTestClusterBuilder builder) => builder.ConfigureHost(
        static host => host.ConfigureContainer(new DefaultServiceProviderFactory(), static services => services.RemoveTestMembership()));

    /// <summary>
    /// The cluster registers its own after all else: its table of members, the list of gateways, and the grain directory.
    /// Without it the silos share a directory as in production.
    /// </summary>
    private static void RemoveTestMembership(this IServiceCollection services)
    {
        foreach (var descriptor in services.Where(IsOfTheTest).ToArray())
            services.Remove(descriptor);
    }

    private static bool IsOfTheTest(ServiceDescriptor descriptor) => descriptor.IsKeyedService
        ? descriptor.ServiceType == typeof(IGrainDirectory)
        : descriptor.ServiceType.GenericTypeArguments is [var named] && named == typeof(IGrainDirectory)
            || (descriptor.ImplementationInstance?.GetType().Assembly == typeof(InProcessTestCluster).Assembly
                && (descriptor.ServiceType == typeof(IMembershipTable) || descriptor.ServiceType == typeof(IGatewayListProvider)));
}
